"""SAM's policies on stacks, metrics, logs, costs and deliveries."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from best_practice_constructs.permissions.permission import Permission
from best_practice_constructs.permissions.resource_arn import exact_arn
from best_practice_constructs.permissions.sam.resources import arn_of, scoped, unscoped

if TYPE_CHECKING:
    from aws_cdk import aws_cloudwatch as cloudwatch
    from aws_cdk import aws_codecommit as codecommit
    from aws_cdk import aws_codepipeline as codepipeline
    from aws_cdk import aws_logs as logs


def cloud_formation_describe_stacks_policy(stack_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``CloudFormationDescribeStacksPolicy`` allows on ``stack_arn``.

    Tighter than SAM's: One stack, and not every one.
    """
    arn = exact_arn(stack_arn, service="cloudformation", example="eu-west-1:111122223333:stack/Shop/1a2b")
    return (scoped("cloudformation", "DescribeStacks", arn),)


def cloud_watch_dashboard_policy(dashboard_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``CloudWatchDashboardPolicy`` allows on ``dashboard_arn``.

    Tighter than SAM's: One dashboard is read and written, and not every one.
    """
    arn = exact_arn(dashboard_arn, service="cloudwatch", example=":111122223333:dashboard/shop")
    return (
        scoped("cloudwatch", "GetDashboard PutDashboard", arn),
        unscoped("cloudwatch", "ListDashboards ListMetrics", because="CloudWatch knows no resource for its lists"),
    )


def cloud_watch_describe_alarm_history_policy(alarm: cloudwatch.IAlarm | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``CloudWatchDescribeAlarmHistoryPolicy`` allows on ``alarm``.

    Tighter than SAM's: One alarm, and not every one.
    """
    alarm_arn = arn_of(alarm, "alarm_arn", service="cloudwatch", example="eu-west-1:111122223333:alarm:late")
    return (scoped("cloudwatch", "DescribeAlarmHistory", alarm_arn),)


def cloud_watch_put_metric_policy(*, namespace: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``CloudWatchPutMetricPolicy`` allows into ``namespace``.

    Tighter than SAM's: One namespace, and not every one.
    """
    return (
        replace(
            unscoped("cloudwatch", "PutMetricData", because="CloudWatch knows no resource for a metric"),
            conditions={"StringEquals": {"cloudwatch:namespace": namespace}},
        ),
    )


def filter_log_events_policy(log_group: logs.ILogGroup | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``FilterLogEventsPolicy`` allows on ``log_group``.

    Wider than SAM's: The log group, the resource that the call takes, and not only its streams.
    """
    given = log_group.removesuffix(":*") if isinstance(log_group, str) else log_group
    arn = arn_of(given, "log_group_arn", service="logs", example="eu-west-1:111122223333:log-group:/orders")
    log_group_arn = f"{arn.removesuffix(':*')}:*"
    return (scoped("logs", "FilterLogEvents", log_group_arn),)


def cost_explorer_read_only_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``CostExplorerReadOnlyPolicy`` allows."""
    return (
        unscoped(
            "ce",
            "GetCostAndUsage GetDimensionValues GetReservationCoverage "
            "GetReservationPurchaseRecommendation GetReservationUtilization GetTags",
            because="Cost Explorer reads what the account costs as a whole",
        ),
    )


def organizations_list_accounts_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``OrganizationsListAccountsPolicy`` allows."""
    return (unscoped("organizations", "ListAccounts", because="Organizations knows no resource for its list"),)


def code_pipeline_lambda_execution_policy() -> tuple[Permission, ...]:
    """Allow what SAM's ``CodePipelineLambdaExecutionPolicy`` allows."""
    return (
        unscoped(
            "codepipeline",
            "PutJobSuccessResult PutJobFailureResult",
            because="CodePipeline knows no resource for a job",
        ),
    )


def code_pipeline_read_only_policy(pipeline: codepipeline.IPipeline | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``CodePipelineReadOnlyPolicy`` allows on ``pipeline``."""
    pipeline_arn = arn_of(pipeline, "pipeline_arn", service="codepipeline", example="eu-west-1:111122223333:release")
    return (scoped("codepipeline", "ListPipelineExecutions", pipeline_arn),)


def code_commit_crud_policy(repository: codecommit.IRepository | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``CodeCommitCrudPolicy`` allows on ``repository``."""
    repository_arn = arn_of(repository, "repository_arn", service="codecommit", example="eu-west-1:111122223333:shop")
    return (
        scoped(
            "codecommit",
            "GitPull GitPush CreateBranch DeleteBranch GetBranch ListBranches "
            "MergeBranchesByFastForward MergeBranchesBySquash MergeBranchesByThreeWay "
            "UpdateDefaultBranch BatchDescribeMergeConflicts CreateUnreferencedMergeCommit "
            "DescribeMergeConflicts GetMergeCommit GetMergeOptions BatchGetPullRequests "
            "CreatePullRequest DescribePullRequestEvents GetCommentsForPullRequest "
            "GetCommitsFromMergeBase GetMergeConflicts GetPullRequest ListPullRequests "
            "MergePullRequestByFastForward MergePullRequestBySquash MergePullRequestByThreeWay "
            "PostCommentForPullRequest UpdatePullRequestDescription UpdatePullRequestStatus "
            "UpdatePullRequestTitle DeleteFile GetBlob GetFile GetFolder PutFile DeleteCommentContent "
            "GetComment GetCommentsForComparedCommit PostCommentForComparedCommit PostCommentReply "
            "UpdateComment BatchGetCommits CreateCommit GetCommit GetCommitHistory GetDifferences "
            "GetObjectIdentifier GetReferences GetTree GetRepository UpdateRepositoryDescription "
            "ListTagsForResource TagResource UntagResource GetRepositoryTriggers PutRepositoryTriggers "
            "TestRepositoryTriggers UploadArchive GetUploadArchiveStatus CancelUploadArchive",
            repository_arn,
        ),
    )


def code_commit_read_policy(repository: codecommit.IRepository | str) -> tuple[Permission, ...]:
    """Allow what SAM's ``CodeCommitReadPolicy`` allows on ``repository``."""
    repository_arn = arn_of(repository, "repository_arn", service="codecommit", example="eu-west-1:111122223333:shop")
    return (
        scoped(
            "codecommit",
            "GitPull GetBranch ListBranches BatchDescribeMergeConflicts DescribeMergeConflicts "
            "GetMergeCommit GetMergeOptions BatchGetPullRequests DescribePullRequestEvents "
            "GetCommentsForPullRequest GetCommitsFromMergeBase GetMergeConflicts GetPullRequest "
            "ListPullRequests GetBlob GetFile GetFolder GetComment GetCommentsForComparedCommit "
            "BatchGetCommits GetCommit GetCommitHistory GetDifferences GetObjectIdentifier "
            "GetReferences GetTree GetRepository ListTagsForResource GetRepositoryTriggers "
            "TestRepositoryTriggers GetUploadArchiveStatus",
            repository_arn,
        ),
    )


def serverless_repo_read_write_access_policy(application_arn: str) -> tuple[Permission, ...]:
    """Allow what SAM's ``ServerlessRepoReadWriteAccessPolicy`` allows on ``application_arn``.

    Tighter than SAM's: One application, and not every one.

    Wider than SAM's: ``CreateApplication`` and ``ListApplications`` on every resource, as they take none.
    """
    arn = exact_arn(application_arn, service="serverlessrepo", example="eu-west-1:111122223333:applications/shop")
    return (
        scoped(
            "serverlessrepo",
            "CreateApplicationVersion UpdateApplication GetApplication ListApplicationVersions "
            "ListApplicationDependencies",
            arn,
        ),
        unscoped(
            "serverlessrepo",
            "CreateApplication ListApplications",
            because="the repository knows no resource for what is not there yet, nor for its list",
        ),
    )
