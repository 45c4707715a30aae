"""A bucket that speaks S3, through boto3.

1. A key is put only if it is new (`If-None-Match: *`) or still what it was a moment ago (`If-Match`): two publishers
   never overwrite one another unseen. A store that does not know these conditions ignores them, and then only the
   reading back is left.
2. Reading back fetches the bytes; the store's own checksums are not taken for it.
3. Credentials come from the environment or ~/.aws, as with every program that speaks S3; mkdocs.yml has none.
4. Tries and waits are bounded. Nothing is deleted.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from greenchannel.delivery.targets import TargetError
from greenchannel.delivery.targets.headers import cache_control, content_type
from greenchannel.desk.places import StorePlace
from greenchannel.domain.message import Message, message

Result = TypeVar("Result")
_AT_ONCE = 8
_TRIES = 4
_ABSENT = {"404", "NoSuchKey"}
_OVERTAKEN = {"409", "412", "ConditionalRequestConflict", "PreconditionFailed"}
_DENIED = message(
    "{bucket}: access denied; the credentials need s3:ListBucket, s3:GetObject and s3:PutObject there ({said})"
)
_STRANGERS = message("{bucket}: it does not know these credentials; are they still valid, is the clock right? ({said})")
_UNREACHED = message("{bucket}: {endpoint} cannot be reached or does not answer in time ({said})")
_CAUSES: dict[str, Message] = {
    "NoSuchBucket": message("{bucket}: there is no such bucket at {endpoint} ({said})"),
    "403": _DENIED,
    "AccessDenied": _DENIED,
    "InvalidAccessKeyId": _STRANGERS,
    "SignatureDoesNotMatch": _STRANGERS,
    "ExpiredToken": _STRANGERS,
    "RequestTimeTooSkewed": _STRANGERS,
}


class S3Target:
    """`seconds` is how long one answer may take; a request is tried four times."""

    def __init__(self, place: StorePlace, seconds: int = 30) -> None:
        self._place, self._seconds = place, seconds
        self._made: Any = None  # Any: boto3 has no types.

    @property
    def name(self) -> str:
        return self._place.name

    def put(self, source: Path, paths: Sequence[str]) -> None:
        with self._in_words():
            self._each(lambda path: self._put(path, (source / path).read_bytes()), paths)

    def differing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]:
        with self._in_words():
            equal = self._each(lambda path: self._get(path) == (source / path).read_bytes(), paths)
        return tuple(path for path, is_equal in zip(paths, equal, strict=True) if not is_equal)

    def missing(self, source: Path, paths: Sequence[str]) -> tuple[str, ...]:  # noqa: ARG002  # The protocol's.
        with self._in_words():
            pages = (
                self._client()
                .get_paginator("list_objects_v2")
                .paginate(Bucket=self._place.bucket, Prefix=self._key(""))
            )
            there = {one["Key"] for page in pages for one in page.get("Contents", ())}
        return tuple(path for path in paths if self._key(path) not in there)

    def remove(self, paths: Sequence[str]) -> None:
        """Nothing in a store chooses between variants, so none is ever sent there (`sending`).

        Pieces of earlier search indexes stay: the credentials of a newsroom need not be able to delete.
        """

    def _put(self, path: str, data: bytes) -> None:
        from botocore.exceptions import ClientError  # noqa: PLC0415  # See _client.

        etag = self._etag(path)
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            self._client().put_object(
                Bucket=self._place.bucket,
                Key=self._key(path),
                Body=data,
                ContentType=content_type(path),
                CacheControl=cache_control(path),
                ChecksumSHA256=base64.b64encode(hashlib.sha256(data).digest()).decode(),
                **condition,
            )
        except ClientError as error:
            # A try whose answer was lost may have arrived, and then the next one is refused: equal bytes are no fault.
            if _code(error) not in _OVERTAKEN or self._get(path) != data:
                raise

    def _etag(self, path: str) -> str:
        from botocore.exceptions import ClientError  # noqa: PLC0415  # See _client.

        try:
            return str(self._client().head_object(Bucket=self._place.bucket, Key=self._key(path))["ETag"])
        except ClientError as error:
            if _code(error) in _ABSENT:
                return ""
            raise

    def _get(self, path: str) -> bytes | None:
        from botocore.exceptions import ClientError  # noqa: PLC0415  # See _client.

        try:
            answer = self._client().get_object(Bucket=self._place.bucket, Key=self._key(path))
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            raise
        return bytes(answer["Body"].read())

    def _key(self, path: str) -> str:
        return f"{self._place.prefix}/{path}" if self._place.prefix else path

    def _each(self, work: Callable[[str], Result], paths: Sequence[str]) -> list[Result]:
        self._client()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return list(pool.map(work, paths))

    def _client(self) -> Any:
        if self._made is None:
            # boto3 takes a third of a second to import and is needed only where something is sent or read back.
            from boto3.session import Session  # noqa: PLC0415
            from botocore.config import Config  # noqa: PLC0415

            settings = Config(
                connect_timeout=self._seconds,
                read_timeout=self._seconds,
                retries={"mode": "standard", "total_max_attempts": _TRIES},
                max_pool_connections=_AT_ONCE,
                # Other stores do not know the newer checksums; ours is in a plain header.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            )
            place = self._place
            session = Session(region_name=place.region or None)
            try:
                self._made = session.client("s3", endpoint_url=place.endpoint or None, config=settings)
            except ValueError as error:  # An address in the environment that is none.
                raise TargetError(_UNREACHED.template, **self._named, said=_printable(error)) from error
        return self._made

    @property
    def _named(self) -> dict[str, str]:
        return {"bucket": self._place.bucket, "endpoint": self._place.endpoint or "AWS"}

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        from botocore import exceptions  # noqa: PLC0415  # See _client.

        values = self._named
        try:
            yield
        except exceptions.ClientError as error:
            raise _refusal(_code(error), {**values, "said": _printable(error)}) from error
        except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError, exceptions.ProfileNotFound) as error:
            raise TargetError(
                "{bucket}: no credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or fill ~/.aws/credentials",
                **values,
            ) from error
        except exceptions.BotoCoreError as error:
            raise TargetError(_UNREACHED.template, **values, said=_printable(error)) from error


def _refusal(code: str, values: dict[str, str]) -> TargetError:
    if code in _OVERTAKEN:
        return TargetError("{bucket}: somebody else wrote here at the same moment ({said})", **values)
    if cause := _CAUSES.get(code):
        return TargetError(cause.template, **values)
    return TargetError("{bucket}: the store refused it ({said})", **values)


def _code(error: Any) -> str:  # Any: botocore's, without types
    return str(error.response.get("Error", {}).get("Code", ""))


def _printable(error: Exception) -> str:
    return "".join(one if one.isprintable() else " " for one in str(error))
