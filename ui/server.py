"""The server of the web page, for this machine unless told otherwise."""

import socket
import webbrowser
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from importlib.resources import files

import gradio as gr
import uvicorn
from fastapi import FastAPI, Request, Response

from index.archive import Archive
from ui.app import build

# The browser itself is told to load nothing from elsewhere. Gradio's page needs inline and evaluated scripts.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)


def web_app(archive: Archive, examples: Sequence[str] = ()) -> FastAPI:
    """Return the page as an application any ASGI server can run."""
    app = FastAPI(title="Isnad", docs_url=None, redoc_url=None, openapi_url=None)

    @app.middleware("http")
    async def secure(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    style = (files("ui") / "style.css").read_text(encoding="utf-8")
    gr.mount_gradio_app(
        app,
        build(archive, examples),
        path="",
        footer_links=[],
        run_history=False,
        ssr_mode=False,
        pwa=False,
        enable_monitoring=False,
        mcp_server=False,
        show_error=False,
        theme=_theme(),
        head=f'<meta name="referrer" content="no-referrer"><style>{style}</style>',
    )
    return app


def serve(
    archive: Archive,
    listener: socket.socket,
    examples: Sequence[str] = (),
    on_ready: Callable[[str], None] | None = None,
    open_browser: bool = False,
) -> None:
    """Serve the page until interrupted.

    Args:
        archive: what it answers from.
        listener: see ``ui.listener.bind``.
        examples: questions it offers to begin with.
        on_ready: told the address once the page can be opened.
        open_browser: whether to open it.
    """
    host, port = listener.getsockname()[:2]
    address = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if on_ready:
                on_ready(address)
            if open_browser:
                webbrowser.open(address)

    with closing(listener):
        Server(uvicorn.Config(web_app(archive, examples), log_level="warning")).run(sockets=[listener])


def _theme() -> gr.themes.Base:
    """Gradio's plainest theme in the colours of style.css, without fonts from elsewhere."""
    fonts = ["system-ui", "Segoe UI", "Noto Sans Arabic", "Tahoma", "sans-serif"]
    return gr.themes.Base(font=fonts, font_mono=["ui-monospace", "monospace"]).set(
        body_background_fill="#faf8f3",
        body_background_fill_dark="#14171a",
        body_text_color="#1d2023",
        body_text_color_dark="#e8e6e1",
    )
