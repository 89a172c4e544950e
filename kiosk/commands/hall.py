"""Serving: the hall, and the demonstration."""

from __future__ import annotations

import click

from kiosk import instance
from kiosk.commands.terminal import command, refusals, settings
from kiosk.core.terminal import say

PORT = click.IntRange(0, 65_535)


@command("serve", with_appcontext=False)
@click.option("--host", help="One local address, or 127.0.0.1; default: all that this laptop has.")
@click.option("--port", type=PORT, help="Plain HTTP. Default 8080; 0 takes a free one.")
@click.option("--https-port", type=PORT, help="Encrypted. Default 8443; 0 takes a free one.")
@click.option("--no-tls", is_flag=True, help="No encryption: this laptop alone.")
@click.pass_context
@refusals
def serve(
    context: click.Context,
    host: str | None,
    port: int | None,
    https_port: int | None,
    no_tls: bool,
) -> None:
    """Run the hall."""
    from kiosk.serving import run

    chosen = settings(
        context, host=host, port=port, https_port=https_port, tls=False if no_tls else None
    )
    instance.ensure_whole(chosen.instance)
    run(chosen, say=say)


@command("demo", with_appcontext=False)
@click.option("--port", type=PORT, help="Default 8080; 0 takes a free one.")
@click.option("--https-port", type=PORT, help="Encrypted. Default 8443; 0 takes a free one.")
@click.option("--no-tls", is_flag=True, help="No encryption: this laptop alone.")
@click.option("--delegates", type=click.IntRange(9, 10_000), default=186, show_default=True)
@click.pass_context
@refusals
def demo(
    context: click.Context,
    port: int | None,
    https_port: int | None,
    no_tls: bool,
    delegates: int,
) -> None:
    """Run the real plan with invented people, in a rehearsal folder of its own (`make run`)."""
    from kiosk.serving import run_demo

    chosen = settings(context, port=port, https_port=https_port, tls=False if no_tls else None)
    run_demo(chosen, delegates=delegates, say=say)
