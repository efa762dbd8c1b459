"""Resources that an attacker adds to the stack, and resources that go missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from .addition import mutants
from .doors import SIDE_DOORS
from .leaks import leaks
from .mixed import mixed
from .mutants import Mutant
from .options import ignored
from .providers import made_elsewhere
from .rules import routes, rules
from .stores import STORES
from .views import View


def all_added(view: View) -> Iterator[Mutant]:
    yield from mutants(view, (*rules(), *routes(), *STORES, *SIDE_DOORS))
    yield from mixed(view)
    yield from ignored(view)
    yield from made_elsewhere(view)
    yield from leaks(view)


def removed(view: View) -> Iterator[Mutant]:
    """Resources that another one's compliance rests on go missing."""
    association = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    for type_, name in (
        (association, "private-subnet-1-routes"),
        ("aws:rds/clusterParameterGroup:ClusterParameterGroup", ""),
    ):
        gone = view.without([view.named(type_, name)])
        yield Mutant(f"{view.name} removed {type_.rpartition(':')[2]} {name}".rstrip(), gone, ())
    bare = view.without([view.named(association, "private-subnet-1-routes")])
    main = next(added for added in SIDE_DOORS if added.what == "another main table")
    for mutant in mutants(bare, (main,)):
        yield replace(mutant, name=f"{mutant.name}, and no association of a private subnet")
