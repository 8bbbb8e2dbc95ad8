"""Write each role's policy as IAM would have it, for tools that read policies.

Run ``python -m tools.policies FOLDER``. Names that only a deployment knows are made up in the form of
their ARNs; conditions are taken as true.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from local.template import Template, load_template

ROOT = Path(__file__).resolve().parents[1]
ACCOUNT, REGION, STACK = "123456789012", "us-east-1", "skybatch"
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::StackName": STACK,
    "AWS::URLSuffix": "amazonaws.com",
}
# Values of parameters that policies have, in their form.
PARAMETERS = {
    "ArchiveKmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "ImageBuckets": "arn:aws:s3:::their-images,arn:aws:s3:::other-images",
}
# ARNs by resource type; {} is the resource's name.
ARNS = {
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::Serverless::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
}


def plain(template: Template, value: Any) -> Any:
    """Resolve the intrinsic functions in a part of the template."""
    match value:
        case {"Ref": str(name)}:
            return PSEUDO.get(name) or PARAMETERS.get(name, name.lower())
        case {"Fn::Split": [str(delimiter), joined]}:
            return plain(template, joined).split(delimiter)
        case {"Fn::Join": [str(delimiter), parts]}:
            return delimiter.join(plain(template, parts))
        case {"Fn::Sub": [str(text), dict(given)]}:
            known = {name: plain(template, each) for name, each in given.items()}
            return re.sub(r"\$\{([^}]+)\}", lambda found: known[found[1]], text)
        case {"Fn::GetAtt": [str(name), "Arn"]}:
            return arn(template, name)
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: _substituted(template, found[1]), text)
        case {"Fn::If": [_, chosen, _]}:
            return plain(template, chosen)
        case dict():
            return {key: plain(template, each) for key, each in value.items()}
        case list():
            return [plain(template, each) for each in value]
    return value


def arn(template: Template, name: str) -> str:
    """Make up the ARN of a resource."""
    kind = template["Resources"][name]["Type"]
    return ARNS[kind].format(name.lower() if kind == "AWS::S3::Bucket" else name)


def _substituted(template: Template, name: str) -> str:
    if name.endswith(".Arn"):
        return arn(template, name.removesuffix(".Arn"))
    return PSEUDO.get(name, name.lower())


def policies(template: Template) -> dict[str, Any]:
    """Return the policy documents of all roles, by role and policy name."""
    return {
        f"{role}-{policy['PolicyName']}": plain(template, policy["PolicyDocument"])
        for role, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
        for policy in resource["Properties"]["Policies"]
    }


def main(folder: Path) -> None:
    """Write one file a policy."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in policies(load_template(ROOT / "template.yaml")).items():
        (folder / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
