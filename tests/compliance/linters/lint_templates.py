"""Runs parliament and cfripper over templates; started with the linters' own Python (see ``linter_environment.py``).

It reads a JSON file of resolved templates by stack, and prints the findings as JSON.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path


def main(file: str) -> None:
    """Print the findings in the templates of a file."""
    logging.disable(logging.CRITICAL)
    text = Path(file).read_text("utf-8")
    # Neither takes a number that is not whole in a condition, and the least TLS version is none.
    found = _parliament(json.loads(text, parse_float=lambda number: str(round(float(number))), parse_int=str))
    found += _cfripper(json.loads(text, parse_float=lambda number: round(float(number))))
    json.dump(found, sys.stdout)


def _parliament(templates: dict[str, dict[str, dict[str, dict[str, object]]]]) -> list[dict[str, str]]:
    import parliament  # type: ignore[import-not-found] # pyright: ignore[reportMissingImports] -- of the linters' environment

    found = []
    for stack, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            for document in _documents(resource.get("Properties", {})):
                policy = parliament.analyze_policy_string(json.dumps(document), include_community_auditors=True)
                for finding in policy.findings:
                    found += [
                        {
                            "linter": "parliament",
                            "stack": stack,
                            "resource": logical_id,
                            "finding": finding.issue,
                            "detail": detail,
                        }
                        for detail in _details(finding.detail)
                    ]
    return found


def _documents(properties: object) -> list[object]:
    """Find the policies in a resource's properties: all but who may take a role."""
    if isinstance(properties, list):
        return [document for each in properties for document in _documents(each)]
    if not isinstance(properties, dict):
        return []
    documents = []
    for key, value in properties.items():
        read = json.loads(value) if key == "PolicyDocument" and isinstance(value, str) else value
        if key in {"PolicyDocument", "KeyPolicy"}:
            documents.append(read)
        elif key != "AssumeRolePolicyDocument":
            documents += _documents(read)
    return documents


def _details(detail: object) -> list[str]:
    """Give what a finding is about, each action by itself."""
    if isinstance(detail, list):
        return [each["action"] if isinstance(each, dict) else str(each) for each in detail]
    return [detail if isinstance(detail, str) else json.dumps(detail, sort_keys=True)]


def _cfripper(templates: dict[str, dict[str, object]]) -> list[dict[str, str]]:
    from cfripper.config.config import Config  # type: ignore[import-not-found] # pyright: ignore[reportMissingImports] -- of the linters' environment
    from cfripper.rule_processor import RuleProcessor  # type: ignore[import-not-found] # pyright: ignore[reportMissingImports] -- of the linters' environment
    from cfripper.rules import DEFAULT_RULES  # type: ignore[import-not-found] # pyright: ignore[reportMissingImports] -- of the linters' environment
    from pycfmodel import parse  # type: ignore[import-not-found] # pyright: ignore[reportMissingImports] -- of the linters' environment

    found = []
    for stack, template in templates.items():
        config = Config(stack_name=stack.rpartition("/")[2], rules=list(DEFAULT_RULES), aws_account_id="111122223333")
        processor = RuleProcessor(*(rule(config) for rule in DEFAULT_RULES.values()))
        result = processor.process_cf_template(cfmodel=parse(template).resolve({}), config=config)
        if result.exceptions:
            raise result.exceptions[0]
        for failure in result.failures:
            resources = sorted(failure.resource_ids or [""])
            found += [
                {
                    "linter": "cfripper",
                    "stack": stack,
                    "resource": resource,
                    "finding": failure.rule,
                    "detail": failure.reason,
                }
                for resource in resources
            ]
    return found


if __name__ == "__main__":
    main(sys.argv[1])
