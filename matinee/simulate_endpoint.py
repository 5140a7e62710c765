"""`matinee simulate endpoint`: the stand-in for an LLM alone, for a worker that asks it."""

from __future__ import annotations

import click

from core.settings import Settings
from matinee.fault_option import FaultRate
from matinee.number_option import FiniteRange
from simulator import EndpointFault, FaultPlan, LlmEndpoint

PORT = 8084


@click.command()
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    type=FaultRate(EndpointFault),
    help=f"Share of the calls with a fault: {', '.join(EndpointFault)}. May be repeated.",
)
@click.option(
    "--errors",
    default=0.0,
    show_default=True,
    type=FiniteRange(0, 1),
    help="Share of mentions that it misunderstands.",
)
@click.option(
    "--latency", default=0.0, show_default=True, type=FiniteRange(0, 3600), help="Seconds that every answer takes."
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Of faults and misunderstandings.")
@click.pass_obj
def endpoint(
    settings: Settings,
    port: int,
    faults: tuple[tuple[EndpointFault, float], ...],
    errors: float,
    latency: float,
    seed: int,
) -> None:
    """Answer as an LLM that knows what every user of the world in MATINEE_HOME/world means, until Ctrl-C.

    What it bills is in MATINEE_HOME/world/invoice.csv.
    """
    plan = FaultPlan.at_rates(dict(faults), seed)
    server = LlmEndpoint(settings.world, port, faults=plan, error_rate=errors, latency_s=latency, seed=seed)
    with server:
        address = server.url.removeprefix("http://")
        click.echo(
            f"a stand-in for an LLM answers on {server.url}/v1: it knows what every user means; Ctrl-C ends\n"
            f"ask it by MATINEE_COMPLETER='openai://{address}/v1?model=gpt-4o-mini&priced_as=gpt-4o-mini'"
        )
        try:
            server.wait()
        except KeyboardInterrupt:
            click.echo("")
