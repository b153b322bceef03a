import getpass
import os
import pathlib
from http.server import BaseHTTPRequestHandler, HTTPServer

VISITS = pathlib.Path("visits.txt")


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        visits = int(VISITS.read_text()) + 1 if VISITS.exists() else 1
        VISITS.write_text(str(visits))
        body = f"visit {visits}, served by {getpass.getuser()} ({os.getuid()})\n".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


HTTPServer(("", 8000), Handler).serve_forever()
