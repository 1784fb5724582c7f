"""``diffvet gateway``: serves ``/v1/messages`` on this machine."""

import argparse
import sys

from diffvet.errors import UsageError

DESCRIPTION = """\
Serve the Messages API (POST /v1/messages, GET /v1/models) on this machine. The embedded reviewer answers:
it needs no key and no network, and reads only prompts that Diffvet wrote.

Web pages are kept out: a request whose Host header is neither a loopback address nor the --host it listens on,
or whose Origin is not the gateway's own address, gets 403. A request must arrive within two minutes and without
a pause of 30 seconds, on one of at most 100 connections.
"""

EPILOG = """\
example:
  diffvet gateway --port 8787
  diffvet check --dry-run --format json \\
    | jq '{model: "embedded", max_tokens: 4096, messages: [{role: "user", content: .units[0].prompt}]}' \\
    | curl -s http://127.0.0.1:8787/v1/messages -H 'content-type: application/json' -d @-

exit codes:
  0    stopped by SIGTERM
  2    the address cannot be listened on, or the gateway is not installed
  130  interrupted
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default: %(default)s, this machine only)"
    )
    parser.add_argument(
        "--port",
        type=_port,
        default=8787,
        help="port to listen on; 0 takes any free one (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> int:
    """Serve until a signal ends it; 0 after SIGTERM, 130 after SIGINT."""
    try:
        from diffvet.gateway.serve import address, listen, serve  # noqa: PLC0415 - the server is an optional extra
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
            raise
        raise UsageError(
            "the gateway's server is not installed; install it with: pip install 'diffvet[gateway]'"
        ) from None
    from diffvet.gateway.service import Gateway  # noqa: PLC0415 - with its server
    from diffvet.gateway.upstream import EmbeddedUpstream  # noqa: PLC0415

    listener = listen(args.host, args.port)
    url, local = address(listener)
    if not local:
        print(
            f"diffvet gateway: anyone who can reach {url} can use it, clients are not authenticated yet",
            file=sys.stderr,
        )

    def ready() -> None:
        print(f"diffvet gateway: listening on {url}", flush=True)

    return serve(Gateway([EmbeddedUpstream()]), listener, ready, host=args.host)


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 0 to 65535")
