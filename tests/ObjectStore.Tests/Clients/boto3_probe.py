"""Asks an S3 server through boto3 for what the other clients don't: boto3_probe.py ENDPOINT ACCESS_KEY SECRET_KEY"""
import hashlib
import io
import os
import sys
import threading
import urllib.request

import boto3
import botocore
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

endpoint, access_key, secret_key = sys.argv[1:]


def client(secret=secret_key):
    return boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id=access_key, aws_secret_access_key=secret, region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}, signature_version="s3v4", max_pool_connections=16, retries={"max_attempts": 1}))


def refused(call, code):
    try:
        call()
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] in (code, {"NoSuchKey": "404", "PreconditionFailed": "412"}.get(code)), error
        return
    raise AssertionError(f"{code} was expected")


s3 = client()
bucket = "boto3-probe"
s3.create_bucket(Bucket=bucket)
assert bucket in [b["Name"] for b in s3.list_buckets()["Buckets"]]

# Bodies, small and in parts.
small = os.urandom(1024)
s3.put_object(Bucket=bucket, Key="small", Body=small)
assert s3.get_object(Bucket=bucket, Key="small")["Body"].read() == small
assert s3.head_object(Bucket=bucket, Key="small")["ETag"] == f'"{hashlib.md5(small).hexdigest()}"'
large = os.urandom(64 * 1024 * 1024)
s3.upload_fileobj(io.BytesIO(large), bucket, "large", Config=TransferConfig(multipart_chunksize=8 * 1024 * 1024, max_concurrency=4))
parts = [hashlib.md5(large[i:i + 8 * 1024 * 1024]).digest() for i in range(0, len(large), 8 * 1024 * 1024)]
assert s3.head_object(Bucket=bucket, Key="large")["ETag"] == f'"{hashlib.md5(b"".join(parts)).hexdigest()}-8"'
received = io.BytesIO()
s3.download_fileobj(bucket, "large", received)
assert received.getvalue() == large
ranged = s3.get_object(Bucket=bucket, Key="large", Range="bytes=8388600-8388615")
assert ranged["Body"].read() == large[8388600:8388616] and ranged["ContentRange"] == "bytes 8388600-8388615/67108864"
assert s3.head_object(Bucket=bucket, Key="large", PartNumber=2)["ContentLength"] == 8 * 1024 * 1024

# Keys that URLs, file systems and XML would change.
odd = ["with space", "a+b", "100%", "%2F%2e", "ünï/çødé/日本/🦀", "quote'\"<>&;=?#[]@!$()*,:|\\", "a//b", "//", "a/../b", "./c", "trailing/", "tab\tin", "e\u0301", "é", "UPPER", "upper"]
for key in odd:
    s3.put_object(Bucket=bucket, Key="odd/" + key, Body=key.encode())
for key in odd:
    assert s3.get_object(Bucket=bucket, Key="odd/" + key)["Body"].read().decode() == key, key
listed = [o["Key"] for o in s3.list_objects_v2(Bucket=bucket, Prefix="odd/")["Contents"]]
assert listed == sorted(("odd/" + k for k in odd), key=lambda k: k.encode()), listed

# Metadata, tags, copies.
s3.put_object(Bucket=bucket, Key="meta", Body=b"m", ContentType="image/png", CacheControl="no-store", Metadata={"colour": "blue"}, Tagging="a=1")
s3.copy_object(Bucket=bucket, Key="meta-copy", CopySource={"Bucket": bucket, "Key": "meta"})
copied = s3.head_object(Bucket=bucket, Key="meta-copy")
assert copied["Metadata"] == {"colour": "blue"} and copied["ContentType"] == "image/png" and copied["CacheControl"] == "no-store"
assert s3.get_object_tagging(Bucket=bucket, Key="meta-copy")["TagSet"] == [{"Key": "a", "Value": "1"}]
s3.copy_object(Bucket=bucket, Key="meta", CopySource={"Bucket": bucket, "Key": "meta"}, MetadataDirective="REPLACE", Metadata={"colour": "red"})
assert s3.head_object(Bucket=bucket, Key="meta")["Metadata"] == {"colour": "red"}
refused(lambda: s3.copy_object(Bucket=bucket, Key="meta", CopySource={"Bucket": bucket, "Key": "meta"}), "InvalidRequest")
refused(lambda: s3.copy_object(Bucket=bucket, Key="x", CopySource={"Bucket": bucket, "Key": "meta"}, CopySourceIfMatch='"other"'), "PreconditionFailed")
s3.put_object_tagging(Bucket=bucket, Key="large", Tagging={"TagSet": [{"Key": "size", "Value": "large"}]})
assert s3.get_object_tagging(Bucket=bucket, Key="large")["TagSet"] == [{"Key": "size", "Value": "large"}]
assert hashlib.sha256(s3.get_object(Bucket=bucket, Key="large")["Body"].read()).digest() == hashlib.sha256(large).digest()

# Uploads in parts by hand: copied parts, listing, abort.
upload = s3.create_multipart_upload(Bucket=bucket, Key="by-hand", Metadata={"made": "by hand"})["UploadId"]
first = s3.upload_part_copy(Bucket=bucket, Key="by-hand", UploadId=upload, PartNumber=1, CopySource={"Bucket": bucket, "Key": "large"}, CopySourceRange="bytes=0-5242879")["CopyPartResult"]["ETag"]
last = s3.upload_part(Bucket=bucket, Key="by-hand", UploadId=upload, PartNumber=7, Body=b"end")["ETag"]
assert [p["PartNumber"] for p in s3.list_parts(Bucket=bucket, Key="by-hand", UploadId=upload)["Parts"]] == [1, 7]
assert [u["UploadId"] for u in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == [upload]
chosen = {"Parts": [{"PartNumber": 1, "ETag": first}, {"PartNumber": 7, "ETag": last}]}
done = s3.complete_multipart_upload(Bucket=bucket, Key="by-hand", UploadId=upload, MultipartUpload=chosen)
assert s3.complete_multipart_upload(Bucket=bucket, Key="by-hand", UploadId=upload, MultipartUpload=chosen)["ETag"] == done["ETag"]
assert s3.get_object(Bucket=bucket, Key="by-hand")["Body"].read() == large[:5242880] + b"end"
aborted = s3.create_multipart_upload(Bucket=bucket, Key="aborted")["UploadId"]
s3.abort_multipart_upload(Bucket=bucket, Key="aborted", UploadId=aborted)
refused(lambda: s3.upload_part(Bucket=bucket, Key="aborted", UploadId=aborted, PartNumber=1, Body=b"x"), "NoSuchUpload")

# Conditions.
tag = s3.head_object(Bucket=bucket, Key="small")["ETag"]
refused(lambda: s3.get_object(Bucket=bucket, Key="small", IfMatch='"other"'), "PreconditionFailed")
assert s3.get_object(Bucket=bucket, Key="small", IfMatch=tag)["Body"].read() == small
refused(lambda: s3.get_object(Bucket=bucket, Key="small", IfNoneMatch=tag), "304")
refused(lambda: s3.get_object(Bucket=bucket, Key="nothing"), "NoSuchKey")

# 5,000 keys, folded and deleted many at a time.
names = [f"many/{i % 50:02}/{i:04}" for i in range(5000)]
todo = iter(names)
lock = threading.Lock()


def put():
    while True:
        with lock:
            name = next(todo, None)
        if name is None:
            return
        s3.put_object(Bucket=bucket, Key=name, Body=b"x")


threads = [threading.Thread(target=put) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
for operation in ("list_objects_v2", "list_objects"):
    pages = list(s3.get_paginator(operation).paginate(Bucket=bucket, Prefix="many/"))
    assert [o["Key"] for page in pages for o in page.get("Contents", [])] == sorted(names), operation
    folded = list(s3.get_paginator(operation).paginate(Bucket=bucket, Prefix="many/", Delimiter="/", PaginationConfig={"PageSize": 7}))
    assert [p["Prefix"] for page in folded for p in page.get("CommonPrefixes", [])] == [f"many/{i:02}/" for i in range(50)], operation
    assert not any(page.get("Contents") for page in folded), operation
for i in range(0, len(names), 1000):
    answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k in names[i:i + 1000]], "Quiet": i > 0})
    assert not answer.get("Errors") and len(answer.get("Deleted", [])) == (1000 if i == 0 else 0)
assert s3.list_objects_v2(Bucket=bucket, Prefix="many/")["KeyCount"] == 0

# Presigned URLs.
url = s3.generate_presigned_url("put_object", Params={"Bucket": bucket, "Key": "odd/by url +%"}, ExpiresIn=60)
urllib.request.urlopen(urllib.request.Request(url, data=b"by url", method="PUT")).read()
url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "odd/by url +%", "ResponseContentType": "text/css"}, ExpiresIn=60)
with urllib.request.urlopen(url) as answer:
    assert answer.read() == b"by url" and answer.headers["Content-Type"] == "text/css"

refused(lambda: client("wrong-secret-key").list_buckets(), "SignatureDoesNotMatch")
refused(lambda: s3.delete_bucket(Bucket=bucket), "BucketNotEmpty")
left = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket) for o in page["Contents"]]
s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": k} for k in left]})
s3.delete_bucket(Bucket=bucket)
print("all as expected")
