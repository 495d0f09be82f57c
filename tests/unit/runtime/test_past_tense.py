"""Which names are facts, and which commands."""

from __future__ import annotations

import pytest

from best_practice_constructs.runtime.past_tense import is_past_tense

# The participles of English verbs that do not end in -ed and are in use, by LemmInflect's table (its spellings with a
# hyphen, its archaic ones and its nouns left out).
_PARTICIPLES = """
arisen awoken beaten begotten begun beheld bent bereft besought bespoken bidden bitten blown born borne bought bound
broken brought built caught chosen clung crept dealt done drawn driven drunk dug dwelt eaten fallen felt flown flung
forbidden forborne foregone foreseen foretold forgiven forgone forgotten forsaken fought found frozen given gone
gotten grown heard held hewn hidden hung inlaid interwoven kept knelt known laid lain leant leapt left lent lost made
meant met misdealt mislaid misspelt misspent mistaken misunderstood mown outbidden outdone outgrown outshone outworn
overborne overdone overdrawn overeaten overgrown overheard overhung overlaid overpaid overseen overshot overslept
oversold overtaken overthrown overwritten paid partaken prepaid proven rebound rebuilt redone redrawn relaid remade
repaid resent resold respelt retaken rethought retold rewound rewritten ridden risen rung said sat sawn seen sent sewn
shaken shone shorn shot shown shrunk shrunken slain slept slid slung smelt smitten sold sought sown spat spelt spent
spilt spoilt spoken sprung spun stolen stood strewn stricken striven struck strung stuck stung stunk sung sunk swept
swollen sworn swum swung taken taught thought thrown told torn trodden unbent unbound undergone underpaid undersold
understood undertaken underwritten undone unlearnt unsaid unwound upheld wept withdrawn withheld withstood woken won
worn wound woven written wrung broadcast burst cast cut hit hurt knit let misread offset overrun put quit read recast
reread rerun reset run set shed shut slit spit split spread thrust typeset undercut
""".split()


@pytest.mark.parametrize("word", [*_PARTICIPLES, "placed", "freed", "agreed", "unpaid", "guaranteed", "died", "used"])
def test_a_participle_behind_a_noun_is_a_fact(word: str) -> None:
    assert is_past_tense(f"Order{word.capitalize()}")
    assert is_past_tense(f"order.{word}")
    assert is_past_tense(f"Order{word.capitalize()}ByAgent")


@pytest.mark.parametrize(
    "name",
    [
        "OrderPlaced",
        "order_withdrawn",
        "PDFWritten",
        "OrderPlacedV2",
        "Placed",
        "Paid",
        "ScheduledReportCreated",
        "Rewritten",
        *"""
    CreateOrderRejected CancelFailed DeleteRequestedByUser SendFailedTwice PaymentFailedPermanently UserSentRequest
    CustomerMovedHouse UserSetPassword PasswordReset PasswordResetRequested OrderPlacedEvent UpdateInstalled
    TransferCompletedEvent AddOnPurchased UserSignedUp ItemAddedToCart CreateFailedEvent
    """.split(),
    ],
)
def test_the_past_tense_is_known(name: str) -> None:
    assert is_past_tense(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        *"""
    SetPrice PutItem ResetPassword RunReport ReadMessage SplitOrder CutOrder HitTarget ShutDown LetGo OverrunBudget
    LostOrderSearch ScheduledReport DetailedOrderRequest PaidInvoiceCopy HundredOrders OrderHundred OrderFeed OrderSeed
    OrderSpeed OrderNeed PlaceOrder Order OrderEvent Speed Red OrderRed SeaBed Read Set Reset Reread OrderOutlet Indeed
    CreateSharedOrder GetPaidInvoices RemoveExpiredItems NotifyDelayedCustomers PasswordResetRequest DataReadQuery
    BudgetCutCommand OrderCost OrderInput OrderOutcome OrderIncome OrderPercent OrderContent OrderPresent OrderOutput
    """.split(),
    ],
)
def test_commands_and_nouns_are_none(name: str) -> None:
    assert not is_past_tense(name)
