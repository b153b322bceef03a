import { createServer } from 'node:http';
import { nanoid } from 'nanoid';

const port = Number(process.env.PORT ?? 3000);

createServer((request, response) => {
  response.setHeader('content-type', 'text/plain');
  response.end(request.url === '/id' ? `${nanoid()}\n` : 'hello from Node\n');
}).listen(port, () => console.log(`listening on ${port}`));
