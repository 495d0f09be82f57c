"""A bucket of photos, and a function that hears of each one."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_s3 as s3
from constructs import Construct

from best_practice_constructs import AsyncFunctionConsumer, ServiceDefaults
from best_practice_constructs.compliance import acknowledge

SERVICE = str(Path(__file__).parent / "service")


class PhotosStack(Stack):
    """Put a ``.jpg`` into the bucket, under ``photos/``."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        self.photos = s3.Bucket(
            self,
            "Photos",
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            removal_policy=ServiceDefaults.of(self).removal_policy,
        )
        acknowledge(
            self.photos,
            reason="Who reads the photos of an example is nothing to keep a log of.",
            findings=("AwsSolutions::AwsSolutions-S1",),
        )
        self.notes = AsyncFunctionConsumer(self, "Notes", entry=SERVICE, handler="note_photo.handler")
        self.notes.on_object_created(self.photos, prefix="photos/", suffix=".jpg")
