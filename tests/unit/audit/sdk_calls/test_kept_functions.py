"""What a registry may run is looked at, though no code names it; what is only wrapped is not (C2)."""

from __future__ import annotations

import pytest

from tests.unit.audit.sdk_calls.code_support import actions_in, calls_in

# Each is a decorator ``keep``, and what runs all that was kept.
REGISTRIES = {
    "a dictionary": ("def keep(kept): known['a'] = kept; return kept", "known['a'](event)"),
    "a list": ("def keep(kept): rest.append(kept); return kept", "[each(event) for each in rest]"),
    "a global": ("def keep(kept):\n    global last\n    last = kept\n    return kept", "last(event)"),
    "a method": (
        (
            "class App:\n"
            "    def __init__(self): self.kept = {}\n"
            "    def __call__(self, kept): self.kept[kept.__name__] = kept\n"
            "    def run(self, event): return self.kept[event['kind']](event)\n"
            "keep = App()"
        ),
        "keep.run(event)",
    ),
    "with a name": (
        (
            "def named(name):\n    def keep(kept):\n        known[name] = kept\n        return kept\n    return keep\n"
            "keep = named('a')"
        ),
        "known['a'](event)",
    ),
    "its wrapper": (
        "def keep(kept):\n    def wrapper(event): return kept(event)\n    known['a'] = wrapper\n    return wrapper",
        "known['a'](event)",
    ),
    "its decorated wrapper": (
        (
            "def store(kept): known['a'] = kept\n"
            "def keep(kept):\n    @store\n    def wrapper(event): return kept(event)\n    return wrapper"
        ),
        "known['a'](event)",
    ),
    "another name of it": (
        "def keep(kept):\n    entry = (1, kept)\n    rest.append(entry)\n    return kept",
        "[run(event) for _, run in rest]",
    ),
    "a function that is called": (
        "def store(kept): rest.append(kept); return kept\ndef keep(kept): return store(kept)",
        "[each(event) for each in rest]",
    ),
    "its object": (
        "class keep:\n    def __init__(self, kept):\n        self.kept = kept\n        rest.append(self)",
        "[each.kept(event) for each in rest]",
    ),
    "an object that it makes": (
        "class Entry:\n    def __init__(self, kept): self.kept = kept\ndef keep(kept): rest.append(Entry(kept))",
        "[each.kept(event) for each in rest]",
    ),
    "a library": ("from library import keep, run", "run(event)"),
    "an object of a library": ("from library import App\napp = App()\nkeep = app.task", "app.run(event)"),
    "the end of the process": ("from atexit import register as keep", "None"),
    "single dispatch": (
        "import functools\n@functools.singledispatch\ndef run(event): ...\nkeep = run.register(dict)",
        "run(event)",
    ),
}
WRAPPERS = {
    "a function": (
        "import functools\ndef wrap(run):\n    @functools.wraps(run)\n    def wrapper(event, context):\n"
        "        print(run.__name__)\n        return run(event, context)\n    return wrapper"
    ),
    "a function with a name": (
        "import functools\ndef named(name):\n    def wrap(run):\n        def wrapper(*a): return run(*a)\n"
        "        return functools.wraps(run)(wrapper)\n    return wrap\nwrap = named('a')"
    ),
    "a class": "class wrap:\n    def __init__(self, run): self.run = run\n    def __call__(self, *a): self.run(*a)",
    "an object of a class": (
        "class Wrapper:\n    def __init__(self, run): self.run = run\n    def __call__(self, *a): self.run(*a)\n"
        "def wrap(run): return Wrapper(run)"
    ),
    "the standard library": "import functools\nwrap = functools.lru_cache",
    "the runtime": "from best_practice_constructs.runtime import queue_consumer as wrap",
    "a method of Powertools": "from library import logger\nfrom aws_lambda_powertools import Tracer\n"
    "wrap = Tracer().capture_lambda_handler",
}


@pytest.mark.parametrize("name", REGISTRIES)
def test_what_a_decorator_may_keep_is_reached(name: str) -> None:
    keep, run = REGISTRIES[name]
    source = f"""import boto3
known = {{}}
rest = []
{keep}
@keep
def put(event): boto3.client("dynamodb").put_item()
def other(event): boto3.client("dynamodb").scan()
def handler(event, context): return {run}
"""
    assert calls_in(source).actions == {"dynamodb:PutItem"}


@pytest.mark.parametrize("name", WRAPPERS)
def test_what_a_decorator_only_wraps_is_left_out(name: str) -> None:
    source = f"""import boto3
{WRAPPERS[name]}
@wrap
def other(event, context): boto3.client("dynamodb").scan()
@wrap
def handler(event, context): boto3.client("dynamodb").put_item()
"""
    actions = calls_in(source).actions
    assert "dynamodb:PutItem" in actions
    assert "dynamodb:Scan" not in actions


@pytest.mark.parametrize("method", ["inject_lambda_context", "capture_lambda_handler", "log_metrics"])
def test_powertools_that_is_not_read_only_wraps(method: str) -> None:
    source = f"""
        import boto3
        from library import tool
        @tool.{method}
        def other(event, context): boto3.client("dynamodb").scan()
        def handler(event, context): pass
    """
    assert actions_in(source) == set()


@pytest.mark.parametrize("library", ["aws_lambda_powertools.event_handler", "library"])
def test_routes_of_a_factory_are_reached(library: str) -> None:
    source = f"""
        import boto3
        from {library} import APIGatewayRestResolver
        def create():
            app = APIGatewayRestResolver()
            @app.get("/orders")
            def orders(): return boto3.client("dynamodb").scan()
            return app
        app = create()
        def handler(event, context): return app.resolve(event, context)
    """
    assert actions_in(source) == {"dynamodb:Scan"}


def test_what_is_registered_is_known_where_it_is_run() -> None:
    source = """
        import boto3
        known = {}
        def on(name):
            def keep(kept):
                known[name] = kept
                return kept
            return keep
        @on("a")
        def put(table): table.put_item()
        def handler(event, context): known["a"](boto3.client("dynamodb"))
    """
    assert actions_in(source) == {"dynamodb:PutItem"}


def test_what_is_declared_of_a_registered_function_holds() -> None:
    source = """
        from library import app
        @app.task
        # sdk-calls: sqs:SendMessage
        def send(event): event[0](event)
        def handler(event, context): app.run(event)
    """
    assert actions_in(source) == {"sqs:SendMessage"}


SCAN = "    def run(self, event): boto3.client('dynamodb').scan()"


@pytest.mark.parametrize(
    ("classes", "run"),
    [
        (f"def keep(kept): known.append(kept); return kept\n@keep\nclass Scan:\n{SCAN}", "known[0]().run(event)"),
        (f"class Step: ...\nclass Scan(Step):\n{SCAN}", "Step.__subclasses__()[0]().run(event)"),
        (f"class Step: ...\nclass Scan(Step):\n{SCAN}", "event['step'].__subclasses__()[0]().run(event)"),
        (
            (
                "class Step:\n    @classmethod\n    def all(cls): return [each() for each in cls.__subclasses__()]\n"
                f"class Scan(Step):\n{SCAN}"
            ),
            "Step.all()[0].run(event)",
        ),
        (
            f"class Step:\n    def __init_subclass__(cls): known.append(cls)\nclass Scan(Step):\n{SCAN}",
            "known[0]().run(event)",
        ),
        (
            (
                "class Kind(type):\n    def __init__(cls, *given): known.append(cls)\n"
                f"class Step(metaclass=Kind): ...\nclass Scan(Step):\n{SCAN}"
            ),
            "known[0]().run(event)",
        ),
    ],
)
def test_classes_that_are_kept_are_reached(classes: str, run: str) -> None:
    source = f"import boto3\nknown = []\n{classes}\ndef handler(event, context): {run}\n"
    assert calls_in(source).actions == {"dynamodb:Scan"}


def test_a_class_that_nothing_keeps_is_left_out() -> None:
    source = f"""import abc, boto3
class Step(abc.ABC): ...
class Other(Step, metaclass=abc.ABCMeta):
{SCAN}
def handler(event, context): event.run()
"""
    assert actions_in(source) == set()


@pytest.mark.parametrize(
    ("assigned", "call"),
    [
        ("class App: queue = None\nApp.queue = boto3.client('sqs')", "App.queue.send_message()"),
        ("class App: queue = None\napp = App()\napp.queue = boto3.client('sqs')", "app.queue.send_message()"),
        ("class App: queue = None\nsetattr(App, 'queue', boto3.client('sqs'))", "App.queue.send_message()"),
        ("import keep\nkeep.queue = boto3.client('sqs')", "keep.queue.send_message()"),
        ("import keep\nkeep.queue = boto3.client('sqs')", "keep.send()"),
        ("import keep\nkeep.queue, keep.topic = boto3.client('sqs'), boto3.client('sns')", "keep.send()"),
        ("from keep import Keep, send\nKeep.queue = boto3.client('sqs')", "Keep().send()"),
    ],
)
def test_what_is_assigned_from_outside_is_known(assigned: str, call: str) -> None:
    keep = """
        queue = topic = None
        def send(): queue.send_message()
        class Keep:
            queue = None
            def send(self): self.queue.send_message()
    """
    source = f"import boto3\n{assigned}\ndef handler(event, context): {call}\n"
    assert actions_in(source, keep=keep) == {"sqs:SendMessage"}
