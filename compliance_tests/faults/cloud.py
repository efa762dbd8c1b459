"""The cloud breaks: the emulator, or the way to it (a proxy that spoils requests)."""

from __future__ import annotations

from compliance_tests.engine.checkout import Ran

from .fault import Table
from .killed import twice_throttled
from .place import Place
from .proxy import Proxy

fault = Table("The cloud")
PASSED = r"^verdict: passed as planned"


@fault("answers 500 to everything", 3, r"^the engine says: .*InternalFailure|internal error")
def internal(place: Place) -> Ran:
    with place.proxied(Proxy(lambda *_: "500")):
        return place.gate("preview")


@fault("throttles, then answers", 0, PASSED)
def throttles(place: Place) -> Ran:
    with place.proxied(Proxy(twice_throttled())) as proxy:
        ran = place.gate("preview")
        assert proxy.spoilt, "nothing was throttled"
        return ran


@fault("throttles without end", 3, r"^the engine says: .*(Rate exceeded|Throttling)")
def throttles_on(place: Place) -> Ran:
    with place.proxied(Proxy(lambda *_: "throttle")):
        return place.gate("preview")


@fault("hangs", 3, r"^the engine said nothing for \d+ s and was stopped")
def hangs(place: Place) -> Ran:
    with place.proxied(Proxy(lambda *_: "hang")):
        return place.gate("preview", GATE_PATIENCE="8")


@fault("answers with a page of a wi-fi portal", 3, r"^the engine says: ")
def garbage(place: Place) -> Ran:
    with place.proxied(Proxy(lambda *_: "garbage")):
        return place.gate("preview")


@fault("closes every connection", 3, r"^the engine says: ")
def cut(place: Place) -> Ran:
    with place.proxied(Proxy(lambda *_: "cut")):
        return place.gate("preview")


@fault("is dead: it is started again", 0, PASSED)
def dead(place: Place) -> Ran:
    assert place.kill(r"sandbox\.emulator")
    return place.gate("preview")


@fault("dies in the middle of a preview", 3, r"^the engine says: ")
def dies(place: Place) -> Ran:
    def fate(_number: int, _action: str) -> str:
        place.kill(r"sandbox\.emulator")
        return "cut"

    with place.proxied(Proxy(fate)):
        ran = place.gate("preview")
    place.python("-m", "sandbox", "start")
    return ran
