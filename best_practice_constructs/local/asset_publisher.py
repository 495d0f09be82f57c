"""Puts the files of an assembly where its stacks look for them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, cast

from best_practice_constructs.bundling.archive import write_archive
from best_practice_constructs.bundling.directory_files import files_below
from best_practice_constructs.local.deployment_plan import PlannedUpload
from best_practice_constructs.local.errors import CloudAssemblyError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.literals import BucketLocationConstraintType


class AssetPublisher:
    """Uploads assets into one account and region; what is there already is left as it is.

    :param s3: a client of that account and region.
    """

    def __init__(self, *, s3: S3Client) -> None:
        self._s3 = s3
        self._buckets: set[str] = set()

    def publish(self, upload: PlannedUpload) -> None:
        """Put one object into its bucket, which is made if need be.

        :raises CloudAssemblyError: the assembly lacks the file.
        """
        self.ensure_bucket(upload.bucket)
        if upload.content is not None:
            self._s3.put_object(Bucket=upload.bucket, Key=upload.key, Body=upload.content)
            return
        # The key is a hash of the content: an object that is there is the right one.
        if self._is_there(upload):
            return
        if upload.source is None or not upload.source.exists():
            raise CloudAssemblyError(f"The assembly lacks the asset {upload.source}: synthesize the app again.")
        content = zip_directory(upload.source) if upload.zipped else upload.source.read_bytes()
        self._s3.put_object(Bucket=upload.bucket, Key=upload.key, Body=content)

    def ensure_bucket(self, name: str) -> None:
        """Make a bucket unless it exists."""
        if name in self._buckets:
            return
        from botocore.exceptions import ClientError

        try:
            self._s3.head_bucket(Bucket=name)
        except ClientError:
            region = self._s3.meta.region_name
            if region == "us-east-1":
                # The one region that must not be named.
                self._s3.create_bucket(Bucket=name)
            else:
                self._s3.create_bucket(
                    Bucket=name,
                    CreateBucketConfiguration={"LocationConstraint": cast("BucketLocationConstraintType", region)},
                )
        self._buckets.add(name)

    def _is_there(self, upload: PlannedUpload) -> bool:
        from botocore.exceptions import ClientError

        try:
            self._s3.head_object(Bucket=upload.bucket, Key=upload.key)
        except ClientError:
            return False
        return True


def zip_directory(directory: Path) -> bytes:
    """Return a directory as a zip file that depends on nothing but its content.

    Entries are sorted and carry no time; of the permissions only the executable bit is kept. Nothing is compressed:
    the file travels no further than to the loopback interface.
    """
    files = dict(files_below(directory))
    buffer = io.BytesIO()
    write_archive(
        buffer,
        {name: path.read_bytes() for name, path in files.items()},
        executables={name for name, path in files.items() if path.stat().st_mode & 0o100},
        is_compressed=False,
    )
    return buffer.getvalue()
