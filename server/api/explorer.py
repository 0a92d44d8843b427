"""GraphiQL, in development only. Its files are those of the npm package that the page's build installs: nothing is fetched."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

PAGE = b"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Hothouse: GraphiQL</title>
<link rel="stylesheet" href="/graphiql/graphiql.min.css">
<style>body{margin:0}#graphiql{height:100vh}</style></head><body>
<div id="graphiql">GraphiQL is loading. It comes with the page's Node packages: <code>make setup</code> installs them.</div>
<script src="/graphiql/react.production.min.js"></script>
<script src="/graphiql/react-dom.production.min.js"></script>
<script src="/graphiql/graphiql.min.js"></script>
<script>
const socket = location.origin.replace(/^http/, "ws") + location.pathname;
const fetcher = GraphiQL.createFetcher({ url: location.pathname, headers: { "X-Hothouse": "1" }, subscriptionUrl: socket });
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: "{ serverTime viewer { name } }" }));
</script></body></html>
"""
FILES = {
    "graphiql.min.js": "graphiql/graphiql.min.js",
    "graphiql.min.css": "graphiql/graphiql.min.css",
    "react.production.min.js": "react/umd/react.production.min.js",
    "react-dom.production.min.js": "react-dom/umd/react-dom.production.min.js",
}


class GraphiQLFiles:
    """Serves the few files that the page asks for, out of `node_modules`."""

    def __init__(self, node_modules: Path) -> None:
        self._folder = node_modules

    async def serve(self, request: Request) -> Response:
        """One of `FILES`; nothing else of that folder."""
        name = FILES.get(request.path_params["name"])
        file = None if name is None else self._folder / name
        if file is None or not file.is_file():
            return PlainTextResponse("There is no such file: run `make setup`.\n", 404)
        return FileResponse(file)
