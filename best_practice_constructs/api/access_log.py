"""The access log of an API: one JSON line a request (H7)."""

from __future__ import annotations

import json

ACCESS_LOG_FORMAT = json.dumps(
    {
        "requestId": "$context.requestId",
        "extendedRequestId": "$context.extendedRequestId",
        "time": "$context.requestTime",
        "method": "$context.httpMethod",
        "route": "$context.resourcePath",
        "path": "$context.path",
        "protocol": "$context.protocol",
        "status": "$context.status",
        "responseLength": "$context.responseLength",
        "responseLatency": "$context.responseLatency",
        "integrationStatus": "$context.integration.status",
        "integrationLatency": "$context.integration.latency",
        "integrationRequestId": "$context.integration.requestId",
        "errorType": "$context.error.responseType",
        "error": "$context.error.message",
        "caller": "$context.identity.userArn",
        "subject": "$context.authorizer.claims.sub",
        "sourceIp": "$context.identity.sourceIp",
        "userAgent": "$context.identity.userAgent",
        "traceId": "$context.xrayTraceId",
    }
)
"""The fields, by the names of API Gateway's context; ``error`` without its quotes, as the line is JSON itself."""
