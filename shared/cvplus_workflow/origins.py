"""The web pages that may call the operations from a browser."""

_SITES = (
    "getmycv-ai.web.app",
    "getmycv-ai.firebaseapp.com",
    "cvplus.web.app",
    "cvplus.firebaseapp.com",
    "cvplus.ai",
    "www.cvplus.ai",
    "huggingface.co",
)
_DEVELOPMENT_PORTS = (3000, 3001, 3002, 5000, 5001, 5173, 5174, 7860, 8080, 9000)

DEVELOPMENT_ORIGINS = [
    f"http://{host}:{port}" for host in ("localhost", "127.0.0.1") for port in _DEVELOPMENT_PORTS
]
"""Pages of the web app's developers."""

ORIGINS = [f"https://{site}" for site in _SITES] + DEVELOPMENT_ORIGINS
"""Pages of the web app, deployed and under development."""
