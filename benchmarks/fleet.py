"""Forty tablets that follow: how long after the secretary's tap the last one is told where to go,
and what one connected tablet costs the server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

from benchmarks import driver
from benchmarks.hall import Hall, memory_mb, request_of
from kiosk.rehearsal.hall import pair

#: As many as a hall of a thousand has (lessons, sizing: 32, and some in reserve).
TABLETS = 40
#: Taps of the secretary in one round.
TAPS = 4
#: Seconds between two taps, longer than the stream's own calm.
APART = 0.45

Add = Callable[[str, float | None], None]


async def measure_fleet(hall: Hall, add: Add) -> int:
    """One round; returns how many streams were lost.

    A tap pins all tablets to the gate or lets them all follow. Measured is from the tap sent
    to the last tablet's `device-facts`, the region by which its page goes where it belongs.
    """
    tablets = [
        await asyncio.to_thread(pair, hall.secretary, kind="tablet", name=f"Bảng {number}")
        for number in range(1, TABLETS + 1)
    ]
    before = memory_mb(hall.pid)
    screens = driver.Listeners()
    try:
        for number, tablet in enumerate(tablets):
            await screens.join(
                hall.address, request_of("GET", "/live/tablet+device", tablet, ""), 1
            )
            said = {
                "device": hall.devices + number + 1,
                "sent": time.time() * 1000,
                "shows": "idle",
            }
            beat = request_of("POST", "/beat", tablet, json.dumps(said), kind="application/json")
            await driver.drive(hall.address, [beat], clients=1)
        after = memory_mb(hall.pid)
        if before is not None and after is not None:
            add("kB a tablet", (after - before) * 1024 / TABLETS)
        for number in range(TAPS):
            await asyncio.sleep(APART)
            task = "gate" if number % 2 == 0 else "follow"
            tap = request_of("POST", "/console/devices/task", hall.secretary, f"task={task}")
            screens.expect()
            sent = time.perf_counter()
            await driver.drive(hall.address, [tap], clients=1)
            add("follow", (await screens.all_pictured() - sent) * 1000)
        return screens.lost
    finally:
        screens.close()
        for tablet in tablets:
            tablet.close()
