"""Gates, tablets and projectors."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from kiosk import instance
from kiosk.commands.terminal import cli, order, refusals, settings
from kiosk.core.terminal import say, say_json


@cli.group("device", cls=AppGroup)
def device() -> None:
    """Gates, tablets and projectors."""


@device.command("add", with_appcontext=False)
@click.option("--kind", required=True, help="gate, tablet or projector.")
@click.option("--name", required=True)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def device_add(context: click.Context, kind: str, name: str, as_json: bool) -> None:
    """Add a device; prints its one-time address."""
    added = order(context, "device.add", kind=kind, name=name)
    chosen = settings(context)
    way, over_lan = f"/pair/{added.pop('ticket')}", instance.lan_address(chosen)
    added["address"] = instance.address(chosen) + way
    # The same one-time address for another machine, where the running hall is on a network.
    added["lan_address"] = over_lan + way if over_lan else None
    if as_json:
        say_json(added)
    else:
        say(added["address"])
        if over_lan:
            say(added["lan_address"])


@device.command("list", with_appcontext=False)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
@refusals
def device_list(context: click.Context, as_json: bool) -> None:
    """List the devices."""
    found = order(context, "device.list")
    if as_json:
        say_json(found)
        return
    for row in found:
        say(f"{row['id']:>3}  {row['kind']:<9}  {row['state']:<8}  {row['name']}")


@device.command("revoke", with_appcontext=False)
@click.argument("device_name")
@click.pass_context
@refusals
def device_revoke(context: click.Context, device_name: str) -> None:
    """Revoke a device, by its number or its name."""
    gone = order(context, "device.revoke", device=device_name)
    say(gone["name"])
