"""CloudFormation: stacks made for real, by calls to the services of their resources.

Resource types: AWS::Athena::WorkGroup, AWS::CloudWatch::Alarm, AWS::Glue::Database, AWS::Glue::Job,
AWS::Glue::SecurityConfiguration, AWS::Glue::Table, AWS::IAM::Role, AWS::KMS::Alias, AWS::KMS::Key,
AWS::Kinesis::Stream, AWS::KinesisFirehose::DeliveryStream, AWS::Lambda::Function, AWS::Lambda::Permission,
AWS::S3::Bucket, AWS::S3::BucketPolicy, AWS::SNS::Subscription, AWS::SNS::Topic, AWS::SNS::TopicPolicy,
AWS::SecretsManager::Secret. Functions: Ref, GetAtt, Sub, Join, If, Select, Split, FindInMap, Base64 and the
conditions'.

Deviates: any other type, property, function, section, or member of a request is refused by name before anything is
made (so are RoleARN, Tags, notifications, imports, nested stacks). Resources that are being made when another one
fails are made to their end before the rollback. An answer waits some seconds for an operation that takes no longer,
since the AWS CLI asks again after 30. A change set that is spent gives its name free. A platform that ends during an
operation finishes it at the next start, or fails it and rolls it back: see deployments.py.
"""

from boathouse.call import Call
from boathouse.clock import Clock
from boathouse.lake.state import State
from boathouse.service import Service
from boathouse.services.cloudformation.api.change_sets import ChangeSets
from boathouse.services.cloudformation.api.resources import Resources
from boathouse.services.cloudformation.api.stacks import Stacks
from boathouse.services.cloudformation.api.templates import Templates
from boathouse.services.cloudformation.deployments import Deployments
from boathouse.services.cloudformation.proposals import Proposals
from boathouse.services.cloudformation.resources import resource_types
from boathouse.services.cloudformation.store import Store
from boathouse.services.cloudformation.work import Work


def build(*, state: State, clock: Clock, call: Call) -> Service:
    store, types = Store(state, clock), resource_types()
    proposals = Proposals(store, types, call)
    deployments = Deployments(store, Work(store, types, call, clock), clock)
    return Service(
        "cloudformation",
        Stacks(store, proposals, deployments, clock),
        ChangeSets(store, proposals, deployments, clock),
        Resources(store),
        Templates(store, proposals),
        deployments,
    )
