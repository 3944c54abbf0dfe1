"""The headers by which requests and answers name an object's encryption.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/specifying-kms-encryption.html
"""

SSE = "x-amz-server-side-encryption"
SSE_KEY = "x-amz-server-side-encryption-aws-kms-key-id"
KMS = frozenset({"aws:kms", "aws:kms:dsse"})
MEMBERS = {"ServerSideEncryption": SSE, "SSEKMSKeyId": SSE_KEY}
"""By what the model calls them."""
