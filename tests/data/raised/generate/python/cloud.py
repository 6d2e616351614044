"""What others run for us: boto3, anthropic, celery."""

from typing import Any

import anthropic
import boto3
import botocore.config
import celery

from shop.harness import Values, case, fault

QUICK = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=1, read_timeout=0.3, s3={"addressing_style": "path"})


def store(url: str, **settings: Any) -> Any:
    keys = {"aws_access_key_id": "none", "aws_secret_access_key": "none"} | settings
    return boto3.client("s3", endpoint_url=url, region_name="eu-north-1", config=QUICK, **keys)


OBJECTS = (
    case("denied", "authorization", "high", kind="denied", attributes={"rpc.system": "aws-api", "rpc.service": "S3"}),
    case("slow", "rate_limit", "medium", "dependency", kind="slow"),
    case("key", "filesystem", "medium", "dependency", kind="key"),
    case("bucket", "filesystem", "high", "configuration dependency", kind="bucket"),
    case("expired", "authentication", "high", kind="expired"),
    case("signature", "authentication", "high", "authorization", kind="signature"),
)


@fault("boto3", *OBJECTS)
def picture(v: Values, kind: str) -> Any:
    return store(f"http://127.0.0.1:18080/aws/{kind}").get_object(Bucket="pictures", Key=v.id)


@fault("boto3", case("refused", "network", "high", "dependency"))
def thumbnail(v: Values) -> Any:
    return store(f"http://127.0.0.1:{v.port}").head_object(Bucket="pictures", Key=v.id)


@fault("boto3", case("read", "timeout", "medium", "network"))
def video(v: Values) -> Any:
    return store("http://127.0.0.1:18081").get_object(Bucket="videos", Key=v.id)


@fault("boto3", case("parameter", "validation", "medium", "programming_error"))
def upload(v: Values) -> Any:
    return store("http://127.0.0.1:18080").put_object(Bucket="pictures", Key=v.n, Body=b"")


@fault("boto3", case("region", "configuration", "critical"), times=1)
def queue(v: Values) -> Any:
    return boto3.client("sqs", aws_access_key_id="none", aws_secret_access_key="none")


@fault("boto3", case("service", "programming_error", "high", "configuration dependency validation"), times=1)
def simple_queue(v: Values) -> Any:
    return boto3.client("simplequeue", region_name="eu-north-1")


BASE = "http://127.0.0.1:18080/llm/anthropic"
MESSAGES = (
    case("key", "llm_api", "high", "authentication", kind="key", attributes={"gen_ai.operation.name": "chat", "gen_ai.provider.name": "anthropic"}),
    case("forbidden", "llm_api", "high", "authorization", kind="forbidden"),
    case("model", "llm_api", "high", "configuration", kind="model"),
    case("rate", "llm_api", "medium", "rate_limit", kind="rate"),
    case("overloaded", "llm_api", "medium", "dependency rate_limit", kind="overloaded"),
    case("server", "llm_api", "medium", "dependency", kind="server"),
    case("context", "llm_api", "medium", "validation", kind="context"),
    case("credit", "llm_api", "high", "rate_limit", kind="credit"),
    case("large", "llm_api", "medium", "validation", kind="large"),
)  # fmt: skip


@fault("anthropic", *MESSAGES)
def greet(v: Values, kind: str) -> Any:
    client = anthropic.Anthropic(api_key="none", base_url=f"{BASE}/{kind}", max_retries=0)
    return client.messages.create(model="claude", max_tokens=9, messages=[{"role": "user", "content": v.text}])


@fault("anthropic", case("refused", "llm_api", "medium", "network"))
def farewell(v: Values) -> Any:
    client = anthropic.Anthropic(api_key="none", base_url=f"http://127.0.0.1:{v.port}", max_retries=0)
    return client.messages.create(model="claude", max_tokens=9, messages=[{"role": "user", "content": v.text}])


@fault("anthropic", case("timeout", "llm_api", "medium", "timeout"))
def think(v: Values) -> Any:
    client = anthropic.Anthropic(api_key="none", base_url="http://127.0.0.1:18081", max_retries=0, timeout=0.3)
    return client.messages.create(model="claude", max_tokens=9, messages=[{"role": "user", "content": v.text}])


jobs = celery.Celery("shop", broker="memory://", backend="cache+memory://")
jobs.conf.update(task_always_eager=True, task_eager_propagates=True, broker_connection_retry=False)


@jobs.task
def mail_receipt(order: int) -> Any:
    return {"address": order}["email"]


@jobs.task(bind=True, max_retries=0)
def mail_again(self: Any, order: int) -> Any:
    raise self.retry(exc=None, countdown=0, kwargs={"order": order})


@fault("celery", case("key", "programming_error", "medium", "validation", attributes={"messaging.system": "memory"}))
def send_receipt(v: Values) -> Any:
    return mail_receipt.delay(v.n)


@fault("celery", case("retries", "dependency", "medium", "unknown timeout"), times=1)
def send_again(v: Values) -> Any:
    return mail_again.delay(v.n)


@fault("celery", case("arguments", "programming_error", "medium"))
def send_wrong(v: Values) -> Any:
    return mail_receipt.delay(v.n, v.id)


@fault("celery", case("unregistered", "configuration", "high", "programming_error dependency"), times=1)
def send_unknown(v: Values) -> Any:
    return jobs.tasks["shop.mail_everybody"].delay()


@fault("celery", case("broker", "network", "high", "dependency"))
def send_far(v: Values) -> Any:
    far = celery.Celery("far", broker=f"amqp://127.0.0.1:{v.port}")
    far.conf.update(task_publish_retry=False, broker_connection_timeout=1)
    return far.send_task("mail", retry=False)
