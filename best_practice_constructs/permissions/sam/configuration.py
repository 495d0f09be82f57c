"""SAM's policies on secrets, parameters, keys, state machines and names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from best_practice_constructs.permissions import secretsmanager as secretsmanager_permissions
from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.sam.resources import arn_of, scoped, unscoped

if TYPE_CHECKING:
    from aws_cdk import aws_certificatemanager as acm
    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_route53 as route53
    from aws_cdk import aws_secretsmanager as secretsmanager
    from aws_cdk import aws_ssm as ssm
    from aws_cdk import aws_stepfunctions as stepfunctions


def aws_secrets_manager_get_secret_value_policy(secret: secretsmanager.ISecret | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``AWSSecretsManagerGetSecretValuePolicy`` allows on ``secret``."""
    secret_arn = secretsmanager_permissions.get_secret_value(secret).resources[0]
    return (scoped("secretsmanager", "GetSecretValue", secret_arn),)


def aws_secrets_manager_rotation_policy(
    secret: secretsmanager.ISecret | str, function: lambda_.IFunction | str
) -> tuple[Permission, ...]:
    """Allow what SAM's ``AWSSecretsManagerRotationPolicy`` allows on ``secret`` and on ``function``.

    Tighter than SAM's: One secret, and not every one that the function rotates.
    """
    secret_arn = secretsmanager_permissions.get_secret_value(secret).resources[0]
    function_arn = arn_of(function, "function_arn", service="lambda", example="eu-west-1:111122223333:function:orders")
    return (
        replace(
            scoped(
                "secretsmanager", "DescribeSecret GetSecretValue PutSecretValue UpdateSecretVersionStage", secret_arn
            ),
            conditions={"StringEquals": {"secretsmanager:resource/AllowRotationLambdaArn": function_arn}},
        ),
        unscoped(
            "secretsmanager",
            "GetRandomPassword",
            because="Secrets Manager knows no resource for a password that is not kept",
        ),
    )


def ssm_parameter_read_policy(parameter: ssm.IParameter | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SSMParameterReadPolicy`` allows on ``parameter``.

    Tighter than SAM's: ``DescribeParameters``, which lists every parameter of the account, is left out.
    """
    parameter_arn = arn_of(parameter, "parameter_arn", service="ssm", example="eu-west-1:111122223333:parameter/orders")
    return (scoped("ssm", "GetParameters GetParameter GetParametersByPath", parameter_arn),)


def ssm_parameter_with_slash_prefix_read_policy(parameter: ssm.IParameter | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``SSMParameterWithSlashPrefixReadPolicy`` allows on ``parameter``.

    Tighter than SAM's: ``DescribeParameters``, which lists every parameter of the account, is left out.
    """
    parameter_arn = arn_of(parameter, "parameter_arn", service="ssm", example="eu-west-1:111122223333:parameter/orders")
    return (scoped("ssm", "GetParameters GetParameter GetParametersByPath", parameter_arn),)


def kms_decrypt_policy(key: kms.IKey | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``KMSDecryptPolicy`` allows on ``key``."""
    key_arn = arn_of(key, "key_arn", service="kms", example="eu-west-1:111122223333:key/1234abcd")
    return (scoped("kms", "Decrypt", key_arn),)


def kms_encrypt_policy(key: kms.IKey | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``KMSEncryptPolicy`` allows on ``key``."""
    key_arn = arn_of(key, "key_arn", service="kms", example="eu-west-1:111122223333:key/1234abcd")
    return (scoped("kms", "Encrypt", key_arn),)


def kms_encrypt_policy_v2(key: kms.IKey | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``KMSEncryptPolicy_v2`` allows on ``key``."""
    key_arn = arn_of(key, "key_arn", service="kms", example="eu-west-1:111122223333:key/1234abcd")
    return (
        scoped(
            "kms",
            "Encrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair "
            "GenerateDataKeyPairWithoutPlaintext",
            key_arn,
        ),
    )


def acm_get_certificate_policy(certificate: acm.ICertificate | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``AcmGetCertificatePolicy`` allows on ``certificate``."""
    certificate_arn = arn_of(
        certificate, "certificate_arn", service="acm", example="eu-west-1:111122223333:certificate/1234abcd"
    )
    return (scoped("acm", "GetCertificate", certificate_arn),)


def step_functions_execution_policy(state_machine: stepfunctions.IStateMachine | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``StepFunctionsExecutionPolicy`` allows on ``state_machine``."""
    state_machine_arn = arn_of(
        state_machine, "state_machine_arn", service="states", example="eu-west-1:111122223333:stateMachine:Billing"
    )
    return (scoped("states", "StartExecution", state_machine_arn),)


def step_functions_execution_policy_v2(state_machine: stepfunctions.IStateMachine | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``StepFunctionsExecutionPolicy_v2`` allows on ``state_machine``."""
    state_machine_arn = arn_of(
        state_machine, "state_machine_arn", service="states", example="eu-west-1:111122223333:stateMachine:Billing"
    )
    return (scoped("states", "StartExecution StartSyncExecution", state_machine_arn),)


def step_functions_callback_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``StepFunctionsCallbackPolicy`` allows.

    Wider than SAM's: On every resource, and not on a state machine, which none of these calls takes.
    """
    return (
        unscoped(
            "states",
            "SendTaskFailure SendTaskHeartbeat SendTaskSuccess",
            because="a task token says which execution is meant; Step Functions knows no other resource for it",
        ),
    )


def route53_change_resource_record_sets_policy(hosted_zone: route53.IHostedZone | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``Route53ChangeResourceRecordSetsPolicy`` allows on ``hosted_zone``."""
    hosted_zone_arn = arn_of(hosted_zone, "hosted_zone_arn", service="route53", example="::hostedzone/Z1")
    return (scoped("route53", "ChangeResourceRecordSets", hosted_zone_arn),)
