"""A template of a few resources that need each other, and what is asked about what it made."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

LAKE = """
Description: A bucket and its key
Parameters:
  Days: {Type: Number, Default: 30}
  Secret: {Type: String, NoEcho: true, Default: hidden}
Resources:
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - {Effect: Deny, Principal: "*", Action: "s3:PutObject", Resource: !Sub "${Bucket.Arn}/no/*"}
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketEncryption:
        ServerSideEncryptionConfiguration:
          - ServerSideEncryptionByDefault: {SSEAlgorithm: aws:kms, KMSMasterKeyID: !GetAtt Key.Arn}
      LifecycleConfiguration:
        Rules: [{Id: old, Status: Enabled, Prefix: raw/, ExpirationInDays: !Ref Days}]
  Key: {Type: AWS::KMS::Key}
Outputs:
  Bucket: {Value: !Ref Bucket, Description: The lake}
  KeyArn: {Value: !GetAtt Key.Arn}
"""


def days(client: Callable[..., Any], bucket: str) -> int:
    rules = client("s3").get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    number: int = rules[0]["Expiration"]["Days"]
    return number


def bucket_exists(client: Callable[..., Any], bucket: str) -> bool:
    try:
        client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] != "404":
            raise
        return False
    return True
