"""SAM's 81 policy templates under their names, as tight as theirs or tighter (C2; talk 35:02).

Each gives several permissions: ``function.allow(*sam.dynamodb_crud_policy(table))``. An operation of its own, such as
``dynamodb.put_item(table)``, is tighter than any of them.
"""

from __future__ import annotations

from best_practice_constructs.permissions.sam.compute import (
    ami_describe_policy as ami_describe_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    ec2_copy_image_policy as ec2_copy_image_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    ec2_describe_policy as ec2_describe_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    ecs_run_task_policy as ecs_run_task_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    efs_write_access_policy as efs_write_access_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    eks_describe_policy as eks_describe_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    elastic_map_reduce_add_job_flow_steps_policy as elastic_map_reduce_add_job_flow_steps_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    elastic_map_reduce_cancel_steps_policy as elastic_map_reduce_cancel_steps_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    elastic_map_reduce_modify_instance_fleet_policy as elastic_map_reduce_modify_instance_fleet_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    elastic_map_reduce_modify_instance_groups_policy as elastic_map_reduce_modify_instance_groups_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    elastic_map_reduce_set_termination_protection_policy as elastic_map_reduce_set_termination_protection_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    elastic_map_reduce_terminate_job_flows_policy as elastic_map_reduce_terminate_job_flows_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    lambda_invoke_policy as lambda_invoke_policy,
)
from best_practice_constructs.permissions.sam.compute import (
    vpc_access_policy as vpc_access_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    acm_get_certificate_policy as acm_get_certificate_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    aws_secrets_manager_get_secret_value_policy as aws_secrets_manager_get_secret_value_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    aws_secrets_manager_rotation_policy as aws_secrets_manager_rotation_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    kms_decrypt_policy as kms_decrypt_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    kms_encrypt_policy as kms_encrypt_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    kms_encrypt_policy_v2 as kms_encrypt_policy_v2,
)
from best_practice_constructs.permissions.sam.configuration import (
    route53_change_resource_record_sets_policy as route53_change_resource_record_sets_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    ssm_parameter_read_policy as ssm_parameter_read_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    ssm_parameter_with_slash_prefix_read_policy as ssm_parameter_with_slash_prefix_read_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    step_functions_callback_policy as step_functions_callback_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    step_functions_execution_policy as step_functions_execution_policy,
)
from best_practice_constructs.permissions.sam.configuration import (
    step_functions_execution_policy_v2 as step_functions_execution_policy_v2,
)
from best_practice_constructs.permissions.sam.data import (
    athena_query_policy as athena_query_policy,
)
from best_practice_constructs.permissions.sam.data import (
    dynamodb_backup_full_access_policy as dynamodb_backup_full_access_policy,
)
from best_practice_constructs.permissions.sam.data import (
    dynamodb_crud_policy as dynamodb_crud_policy,
)
from best_practice_constructs.permissions.sam.data import (
    dynamodb_read_policy as dynamodb_read_policy,
)
from best_practice_constructs.permissions.sam.data import (
    dynamodb_reconfigure_policy as dynamodb_reconfigure_policy,
)
from best_practice_constructs.permissions.sam.data import (
    dynamodb_restore_from_backup_policy as dynamodb_restore_from_backup_policy,
)
from best_practice_constructs.permissions.sam.data import (
    dynamodb_stream_read_policy as dynamodb_stream_read_policy,
)
from best_practice_constructs.permissions.sam.data import (
    dynamodb_write_policy as dynamodb_write_policy,
)
from best_practice_constructs.permissions.sam.data import (
    elasticsearch_http_post_policy as elasticsearch_http_post_policy,
)
from best_practice_constructs.permissions.sam.data import (
    s3_crud_policy as s3_crud_policy,
)
from best_practice_constructs.permissions.sam.data import (
    s3_full_access_policy as s3_full_access_policy,
)
from best_practice_constructs.permissions.sam.data import (
    s3_read_policy as s3_read_policy,
)
from best_practice_constructs.permissions.sam.data import (
    s3_write_policy as s3_write_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    comprehend_basic_access_policy as comprehend_basic_access_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    polly_full_access_policy as polly_full_access_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    rekognition_detect_only_policy as rekognition_detect_only_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    rekognition_faces_management_policy as rekognition_faces_management_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    rekognition_faces_policy as rekognition_faces_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    rekognition_labels_policy as rekognition_labels_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    rekognition_no_data_access_policy as rekognition_no_data_access_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    rekognition_read_policy as rekognition_read_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    rekognition_write_only_access_policy as rekognition_write_only_access_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    sage_maker_create_endpoint_config_policy as sage_maker_create_endpoint_config_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    sage_maker_create_endpoint_policy as sage_maker_create_endpoint_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    textract_detect_analyze_policy as textract_detect_analyze_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    textract_get_result_policy as textract_get_result_policy,
)
from best_practice_constructs.permissions.sam.machine_learning import (
    textract_policy as textract_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    event_bridge_put_events_policy as event_bridge_put_events_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    firehose_crud_policy as firehose_crud_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    firehose_write_policy as firehose_write_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    kinesis_crud_policy as kinesis_crud_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    kinesis_stream_read_policy as kinesis_stream_read_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    mobile_analytics_write_only_access_policy as mobile_analytics_write_only_access_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    pinpoint_endpoint_access_policy as pinpoint_endpoint_access_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    ses_bulk_templated_crud_policy as ses_bulk_templated_crud_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    ses_bulk_templated_crud_policy_v2 as ses_bulk_templated_crud_policy_v2,
)
from best_practice_constructs.permissions.sam.messaging import (
    ses_crud_policy as ses_crud_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    ses_email_template_crud_policy as ses_email_template_crud_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    ses_send_bounce_policy as ses_send_bounce_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    sns_crud_policy as sns_crud_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    sns_publish_message_policy as sns_publish_message_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    sqs_poller_policy as sqs_poller_policy,
)
from best_practice_constructs.permissions.sam.messaging import (
    sqs_send_message_policy as sqs_send_message_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    cloud_formation_describe_stacks_policy as cloud_formation_describe_stacks_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    cloud_watch_dashboard_policy as cloud_watch_dashboard_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    cloud_watch_describe_alarm_history_policy as cloud_watch_describe_alarm_history_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    cloud_watch_put_metric_policy as cloud_watch_put_metric_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    code_commit_crud_policy as code_commit_crud_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    code_commit_read_policy as code_commit_read_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    code_pipeline_lambda_execution_policy as code_pipeline_lambda_execution_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    code_pipeline_read_only_policy as code_pipeline_read_only_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    cost_explorer_read_only_policy as cost_explorer_read_only_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    filter_log_events_policy as filter_log_events_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    organizations_list_accounts_policy as organizations_list_accounts_policy,
)
from best_practice_constructs.permissions.sam.operation import (
    serverless_repo_read_write_access_policy as serverless_repo_read_write_access_policy,
)
