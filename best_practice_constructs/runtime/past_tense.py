"""Tell whether a name says that something has happened (E3)."""

from __future__ import annotations

import re

# The participles that do not end in -ed, without those that re-, un- and the like make of them.
_IRREGULAR = frozenset(
    """
    arisen awoken beaten begotten begun beheld bent bereft beset besought bespoken bidden bitten blown born borne bought
    bound bred broadcast broken brought built burnt burst caught cast chosen clung crept cut dealt done drawn dreamt
    driven drunk dug dwelt eaten fallen fed felt fled flown flung forbidden forborne forgiven forgone forgotten forsaken
    fought found frozen given gone gotten grown had heard held hewn hidden hit hung hurt inlaid interwoven kept knelt
    knit known laid lain leant leapt learnt led left lent let lit lost made meant met mown offset paid partaken proven
    put quit read rid ridden risen run rung said sat sawn seen sent set sewn shaken shaven shed shone shorn shot shown
    shrunk shrunken shut slain slept slid slit slung smelt smitten sold sought sown spat sped spelt spent spilt spit
    split spoilt spoken spread sprung spun stolen stood strewn stricken stridden striven struck strung stuck stung stunk
    sung sunk swept swollen sworn swum swung taken taught thought thrown thrust told torn trodden typeset understood
    wept withdrawn withheld withstood woken won worn wound woven written wrought wrung
    """.split()
)
_PREFIXES = ("fore", "mis", "out", "over", "pre", "re", "un", "under", "up", "with")
# What a single word may command, too; behind another word it tells: PriceSet, not Set.
_COMMANDS = frozenset(
    """
    beset broadcast burst cast cut found hit hurt knit let offset put quit read rid run set shed shut slit spit split
    spread thrust typeset wound
    """.split()
)
_NOUNS = frozenset(
    """
    bleed breed creed crossbreed deed embed exceed feed greed hatred heed hotbed hundred indeed infrared kindred misdeed
    naked need newsfeed nosebleed outcast outlet output outset overcast present proceed reed sacred seabed seed shred
    sled speed steed succeed weed wicked
    """.split()
)
# Verbs that are not nouns, too: in front, they command whatever comes behind: CreateSharedOrder.
_VERBS = frozenset(
    """
    accept acknowledge activate add adjust allocate announce append apply approve arrange assign attach authorise
    authorize begin bring calculate cancel choose collect compute configure confirm consume create deactivate define
    delete deliver deny deploy destroy determine disable enable enrich ensure evaluate execute expand fetch generate get
    give identify include inform initiate insert introduce make migrate modify normalise normalize notify obtain
    parse pay perform persist prepare provide publish rebuild receive recover redeem refresh reject remove rename
    render reopen replace resend resolve restore retrieve revoke select send submit subscribe take transform
    translate unlock unsubscribe validate verify withdraw write
    """.split()
)
# What may follow the participle of a fact, whatever its first word is.
_BEHIND = frozenset(
    """
    above across after again against among as at away back before behind below between by down during early event for
    from in inside into late near of off on once online onto out over since than through to together toward towards
    twice under until up v via with within without
    """.split()
)
# What a participle that is a noun as well describes: PasswordResetRequest, unlike UserSentRequest.
_ASKED = frozenset(["attempt", "command", "job", "query", "request", "task"])


def is_past_tense(name: str) -> bool:
    """Tell whether ``name`` (``OrderPlaced``, ``order.placed``) says of its first word what has happened to it.

    The first of several words does not count: ``LostOrderSearch`` and ``SetPrice`` are no facts. Nor is what a verb in
    front commands (``CreateSharedOrder``), unless the participle is what it ends with (``CreateOrderRejected``).
    """
    first, *others = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)] or [""]
    if not others:
        return _is_participle(first) and not _is_command(first)
    last = max((place for place, word in enumerate(others) if _is_participle(word)), default=None)
    if last is None:
        return False
    behind = others[last + 1 :]
    if not behind or behind[0] in _BEHIND or behind[0].endswith("ly"):
        return True
    return first not in _VERBS and not (behind[-1] in _ASKED and len(behind) == 1 and _is_command(others[last]))


def _is_participle(word: str) -> bool:
    if word in _NOUNS:
        return False
    if word.endswith("ed") and len(word) > 3:
        return True
    return any(root in _IRREGULAR for root in _roots(word))


def _is_command(word: str) -> bool:
    return any(root in _COMMANDS for root in _roots(word))


def _roots(word: str) -> list[str]:
    return [word, *(word.removeprefix(prefix) for prefix in _PREFIXES if word.startswith(prefix))]
