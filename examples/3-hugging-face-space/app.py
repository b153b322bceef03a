import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

PAGE = b"""<!doctype html>
<title>Word counter</title>
<form action="/count"><textarea name="text"></textarea><button>Count</button></form>
"""


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urlparse(self.path)
        if url.path == "/count":
            text = parse_qs(url.query).get("text", [""])[0]
            self.answer("application/json", json.dumps({"words": len(text.split()), "uid": os.getuid()}).encode())
        else:
            self.answer("text/html", PAGE)

    def answer(self, content_type, body):
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


ThreadingHTTPServer(("", 7860), Handler).serve_forever()
