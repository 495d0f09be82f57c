"""The page of the mutation score is of the roles as they are."""

from __future__ import annotations

import re
from collections import Counter

from best_practice_constructs.local import ACTIONS_OF_LAMBDA
from tests.mutation.score_document import PAGE, listed_permissions
from tests.unit.examples.order_invoice.synthesized_system import development, synthesize


def test_each_permission_of_each_function_is_on_it_and_needed() -> None:
    page = PAGE.read_text("utf-8")
    expected: Counter[tuple[str, str]] = Counter()
    for template in synthesize("p", development()).values():
        for role in template.paths_of_type("AWS::IAM::Role"):
            if "lambda.amazonaws.com" in str(template.properties(role)["AssumeRolePolicyDocument"]):
                function = role.removesuffix("/Role").removesuffix("/Function").removesuffix("/Consumer")
                expected.update((function, action) for action, _ in template.allowed(role))
    expected = Counter({each: count for each, count in expected.items() if each[1] not in ACTIONS_OF_LAMBDA})
    assert Counter(listed_permissions(page)) == expected, "write it again: make mutants"
    assert re.search(rf"\*\*{expected.total()} of {expected.total()} permissions are needed: 100 %", page)
