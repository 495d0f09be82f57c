"""Permissions on Cognito user pools, one function per operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import arn_of

if TYPE_CHECKING:
    from aws_cdk import aws_cognito as cognito


def _user_pool_arn(user_pool: cognito.IUserPool | str) -> str:
    return arn_of(
        user_pool, "user_pool_arn", service="cognito-idp", example="eu-west-1:111122223333:userpool/eu-west-1_a1B2c3D4e"
    )


def admin_get_user(user_pool: cognito.IUserPool | str) -> Permission:
    """Allow ``AdminGetUser`` in the user pool (an ``IUserPool`` or its ARN)."""
    return Permission(actions=("cognito-idp:AdminGetUser",), resources=(_user_pool_arn(user_pool),))


def admin_create_user(user_pool: cognito.IUserPool | str) -> Permission:
    """Allow ``AdminCreateUser`` in the user pool (an ``IUserPool`` or its ARN)."""
    return Permission(actions=("cognito-idp:AdminCreateUser",), resources=(_user_pool_arn(user_pool),))


def admin_delete_user(user_pool: cognito.IUserPool | str) -> Permission:
    """Allow ``AdminDeleteUser`` in the user pool (an ``IUserPool`` or its ARN)."""
    return Permission(actions=("cognito-idp:AdminDeleteUser",), resources=(_user_pool_arn(user_pool),))


def admin_update_user_attributes(user_pool: cognito.IUserPool | str) -> Permission:
    """Allow ``AdminUpdateUserAttributes`` in the user pool (an ``IUserPool`` or its ARN)."""
    return Permission(actions=("cognito-idp:AdminUpdateUserAttributes",), resources=(_user_pool_arn(user_pool),))


def admin_set_user_password(user_pool: cognito.IUserPool | str) -> Permission:
    """Allow ``AdminSetUserPassword`` in the user pool (an ``IUserPool`` or its ARN)."""
    return Permission(actions=("cognito-idp:AdminSetUserPassword",), resources=(_user_pool_arn(user_pool),))


def admin_initiate_auth(user_pool: cognito.IUserPool | str) -> Permission:
    """Allow ``AdminInitiateAuth`` in the user pool (an ``IUserPool`` or its ARN)."""
    return Permission(actions=("cognito-idp:AdminInitiateAuth",), resources=(_user_pool_arn(user_pool),))


def admin_add_user_to_group(user_pool: cognito.IUserPool | str) -> Permission:
    """Allow ``AdminAddUserToGroup`` in the user pool (an ``IUserPool`` or its ARN)."""
    return Permission(actions=("cognito-idp:AdminAddUserToGroup",), resources=(_user_pool_arn(user_pool),))


def admin_remove_user_from_group(user_pool: cognito.IUserPool | str) -> Permission:
    """Allow ``AdminRemoveUserFromGroup`` in the user pool (an ``IUserPool`` or its ARN)."""
    return Permission(actions=("cognito-idp:AdminRemoveUserFromGroup",), resources=(_user_pool_arn(user_pool),))


def list_users(user_pool: cognito.IUserPool | str) -> Permission:
    """Allow ``ListUsers`` in the user pool (an ``IUserPool`` or its ARN)."""
    return Permission(actions=("cognito-idp:ListUsers",), resources=(_user_pool_arn(user_pool),))
