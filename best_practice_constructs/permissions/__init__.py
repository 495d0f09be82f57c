"""Least-privilege permissions (C2): one module per AWS service, one function per operation.

Each function takes a CDK resource or an ARN and gives a
:class:`~best_practice_constructs.permissions.permission.Permission` that :meth:`SinglePurposeFunction.allow` takes.
"""

from best_practice_constructs.permissions.permission import Permission

__all__ = ["Permission"]
