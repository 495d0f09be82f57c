"""What a handler reaches is looked at, and nothing else."""

from __future__ import annotations

import pytest

from best_practice_constructs.audit.sdk_calls.code_files import CodeFiles
from best_practice_constructs.audit.sdk_calls.reached_code import HandlerNotFoundError, calls_of_handler
from tests.unit.audit.sdk_calls.code_support import actions_in, calls_in

TABLE = """
    import boto3
    client = boto3.client("dynamodb")
    def insert(item):
        client.put_item(Item=item)
    def find(key):
        return client.get_item(Key=key)
    class Archive:
        def keep(self):
            client.update_item()
        def forget(self):
            client.delete_item()
"""


def test_a_function_that_nobody_mentions_is_left_out() -> None:
    assert actions_in("from table import insert\ndef handler(event, context): insert(event)", table=TABLE) == {
        "dynamodb:PutItem"
    }


def test_a_method_of_an_object_that_is_known_is_found_alone() -> None:
    source = "from table import Archive\ndef handler(event, context): Archive().keep()"
    assert actions_in(source, table=TABLE) == {"dynamodb:UpdateItem"}


def test_a_method_of_something_unknown_is_every_method_of_that_name() -> None:
    source = "from table import Archive\ndef handler(event, context): event[str(Archive)].forget()"
    assert actions_in(source, table=TABLE) == {"dynamodb:DeleteItem"}


def test_a_function_that_is_handed_on_is_reached() -> None:
    source = "import table\ndef handler(event, context): sorted(event, key=table.find)"
    assert actions_in(source, table=TABLE) == {"dynamodb:GetItem"}


def test_what_is_imported_where_it_is_used_is_reached() -> None:
    source = "def handler(event, context):\n    from table import find\n    find(event)"
    assert actions_in(source, table=TABLE) == {"dynamodb:GetItem"}


def test_what_is_imported_by_its_name_is_reached() -> None:
    source = "import importlib\ndef handler(event, context): importlib.import_module('table').find(event)"
    assert actions_in(source, table=TABLE) == {"dynamodb:GetItem"}


@pytest.mark.parametrize(
    ("call", "action"), [("get_parameter", "ssm:GetParameter"), ("get_secret", "secretsmanager:GetSecretValue")]
)
def test_what_powertools_calls_is_found(call: str, action: str) -> None:
    source = f"from aws_lambda_powertools.utilities import parameters\ndef handler(a, b): parameters.{call}('orders')"
    assert actions_in(source) == {action}


def test_a_module_runs_when_it_is_imported() -> None:
    source = "import start\ndef handler(event, context): pass"
    start = "import boto3\nboto3.client('ssm').get_parameter(Name='a')"
    assert actions_in(source, start=start) == {"ssm:GetParameter"}


def test_a_package_runs_when_its_module_is_imported() -> None:
    package = {
        "app.py": "import shop.orders\ndef handler(event, context): pass",
        "shop/__init__.py": "import boto3\nboto3.client('ssm').get_parameter(Name='a')",
        "shop/orders.py": "",
    }
    code = CodeFiles(package)
    assert calls_of_handler(code, "app.handler").actions == {"ssm:GetParameter"}


def test_what_is_registered_by_a_decorator_is_reached() -> None:
    source = """
        import boto3
        from library import App
        app = App()
        @app.get("/orders")
        def orders():
            return boto3.client("dynamodb").scan()
        def handler(event, context):
            return app.resolve(event)
    """
    assert actions_in(source) == {"dynamodb:Scan"}


def test_a_second_handler_of_a_module_is_left_out() -> None:
    source = """
        import boto3
        from best_practice_constructs.runtime import queue_consumer
        @queue_consumer
        def other(body: dict[str, object]) -> None:
            boto3.client("dynamodb").scan()
        def handler(event, context):
            pass
    """
    assert "dynamodb:Scan" not in calls_in(source).actions


def test_methods_that_a_base_class_of_others_may_call_are_reached() -> None:
    source = """
        import boto3
        from library import Worker
        class Orders(Worker):
            def work(self):
                boto3.client("dynamodb").scan()
        def handler(event, context):
            Orders().run()
    """
    assert actions_in(source) == {"dynamodb:Scan"}


def test_a_method_that_overrides_is_reached_through_its_base() -> None:
    source = """
        import boto3
        class Step:
            def run(self): ...
        class Scan(Step):
            def run(self):
                boto3.client("dynamodb").scan()
        def run(step: Step):
            step.run()
        def handler(event, context):
            run(Scan())
    """
    assert actions_in(source) == {"dynamodb:Scan"}


METHODS = """
    import boto3, sys
    client = boto3.client("dynamodb")
    class Handlers:
        def run(self, event):
            return getattr(self, f"on_{event['kind']}")(event)
    class Orders(Handlers):
        def on_get(self, event):
            client.get_item()
        def on_put(self, event):
            client.put_item()
    def on_get(event):
        client.get_item()
    def on_put(event):
        client.put_item()
    def handler(event, context):
        handlers = {"orders": Orders()}
"""


@pytest.mark.parametrize(
    "call",
    [
        'getattr(Orders(), "on_" + event["kind"])(event)',
        'getattr(handlers["orders"], "on_" + event["kind"])(event)',
        "Orders().run(event)",
        'globals()["on_" + event["kind"]](event)',
        'globals().get("on_" + event["kind"])(event)',
        'getattr(sys.modules[__name__], "on_" + event["kind"])(event)',
        'vars(Orders)["on_" + event["kind"]](Orders(), event)',
    ],
)
def test_a_name_that_is_computed_may_be_any_of_its_owner(call: str) -> None:
    assert actions_in(f"{METHODS.rstrip()}\n        {call}\n") == {"dynamodb:GetItem", "dynamodb:PutItem"}


@pytest.mark.parametrize("call", ['getattr(Orders(), "on_get")(event)', 'getattr(event["orders"], "on_get")()'])
def test_a_name_that_is_written_is_that_one(call: str) -> None:
    assert actions_in(f"{METHODS.rstrip()}\n        {call}\n") == {"dynamodb:GetItem"}


def test_what_a_computed_method_is_given_is_known() -> None:
    source = """
        import boto3
        class Orders:
            def on_get(self, table):
                table.get_item()
        def handler(event, context):
            getattr(Orders(), event)(boto3.client("dynamodb"))
    """
    assert actions_in(source) == {"dynamodb:GetItem"}


def test_a_method_of_what_a_container_holds_is_reached() -> None:
    source = (
        "from table import Archive\ndef handler(a, b):\n    kept = []\n    a(kept, Archive())\n    kept[0].forget()"
    )
    assert actions_in(source, table=TABLE) == {"dynamodb:DeleteItem"}


def test_packages_of_others_are_read_where_they_use_the_sdk() -> None:
    library = {"library": "import pure\nimport boto3\ndef save(): boto3.client('s3').put_object()", "pure": "1 +"}
    source = "import library\ndef handler(event, context): library.save()"
    assert calls_in(source, of_others=("library", "pure"), modules=library).actions == {"s3:PutObject"}


def test_a_library_is_followed_to_where_it_uses_the_sdk() -> None:
    library = {"library": "from storage import put\ndef save(): put()"}
    storage = {"storage": "import boto3\ndef put(): boto3.client('s3').put_object()"}
    source = "import library\ndef handler(event, context): library.save()"
    assert calls_in(source, of_others=("library", "storage"), modules=library | storage).actions == {"s3:PutObject"}


def test_code_for_type_checkers_does_not_run() -> None:
    source = """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            import start
        def handler(event, context): pass
    """
    assert actions_in(source, start="import boto3\nboto3.client('ssm').get_parameter()") == set()


def test_modules_that_import_each_other_end() -> None:
    other = "import app\nimport boto3\ndef find(depth):\n    app.handler(depth, None)\n    return find(depth)"
    assert actions_in("import other\ndef handler(event, context): other.find(event)", other=other) == set()


def test_every_place_of_a_call_is_told() -> None:
    found = calls_in("from table import insert\ndef handler(event, context): insert(event)", modules={"table": TABLE})
    assert [(call.place.file, call.place.line, call.place.text) for call in found.calls] == [
        ("table.py", 5, "client.put_item(Item=item)")
    ]


@pytest.mark.parametrize("handler", ["app.other", "nothing.handler"])
def test_a_handler_that_is_not_there_is_an_error(handler: str) -> None:
    with pytest.raises(HandlerNotFoundError, match=handler):
        calls_of_handler(CodeFiles({"app.py": "def handler(event, context): pass"}), handler)


def test_a_handler_in_a_folder_is_found() -> None:
    code = CodeFiles({"shop/app.py": "import boto3\ndef handler(a, b): boto3.client('sqs').send_message()"})
    assert calls_of_handler(code, "shop/app.handler").actions == {"sqs:SendMessage"}
