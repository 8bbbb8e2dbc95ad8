"""cdn.yaml: small, whole, and in agreement with what the service believes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from local.template import load_template
from skybatch.api.forwarding import SECRET_HEADER
from skybatch.settings import Settings
from tests.support.batches.template import PARAMETERS, ROOT, properties

FILE = ROOT / "cdn.yaml"
CDN = load_template(FILE)
DISTRIBUTION = CDN["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
# The largest template that a request to CloudFormation may contain.
MAX_BODY_BYTES = 51_200
HEADER = Settings().viewer_address_header.lower()


def test_it_fits_into_a_request() -> None:
    assert FILE.stat().st_size < MAX_BODY_BYTES


def test_the_secret_and_the_callers_address_have_the_names_that_the_service_reads() -> None:
    (origin,) = DISTRIBUTION["Origins"]
    (secret,) = origin["OriginCustomHeaders"]
    assert secret == {"HeaderName": "X-Origin-Verify", "HeaderValue": {"Ref": "OriginSecret"}}
    assert secret["HeaderName"].lower() == SECRET_HEADER
    code = CDN["Resources"]["ViewerAddress"]["Properties"]["FunctionCode"]
    assert f"headers['{HEADER}']" in code


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_function_writes_over_what_a_caller_says_of_itself(tmp_path: Path) -> None:
    code = CDN["Resources"]["ViewerAddress"]["Properties"]["FunctionCode"]
    event = {"viewer": {"ip": "198.51.100.7"}, "request": {"headers": {HEADER: {"value": "6.6.6.6"}}}}
    program = tmp_path / "run.js"
    program.write_text(f"{code}\nconsole.log(JSON.stringify(handler({json.dumps(event)})))")
    done = subprocess.run(["node", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["headers"] == {HEADER: {"value": "198.51.100.7"}}


def test_all_that_the_api_takes_goes_through_uncached() -> None:
    behavior = DISTRIBUTION["DefaultCacheBehavior"]
    assert {"POST", "OPTIONS", "GET", "HEAD"} <= set(behavior["AllowedMethods"])
    assert behavior["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
    assert behavior["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # all headers but Host
    assert DISTRIBUTION["WebACLId"] == {"Fn::GetAtt": ["Firewall", "Arn"]}


def test_secrets_are_shown_nowhere_and_those_of_the_cdn_fit_the_service() -> None:
    ours, theirs = PARAMETERS["OriginSecret"], CDN["Parameters"]["OriginSecret"]
    assert ours["NoEcho"] is theirs["NoEcho"] is True
    assert theirs["MinLength"] >= 32
    assert re.fullmatch(theirs["AllowedPattern"], "a" * 32)
    assert not re.fullmatch(theirs["AllowedPattern"], "a,b")
    assert re.fullmatch(ours["AllowedPattern"], "a,b")


def test_the_apis_own_address_is_closed_only_where_it_has_another() -> None:
    closed = properties("HttpApi")["DisableExecuteApiEndpoint"]
    assert closed == {"Fn::If": ["ClosesExecuteApi", True, {"Ref": "AWS::NoValue"}]}
    conditions = load_template(ROOT / "template.yaml")["Conditions"]
    assert {"Condition": "HasApiDomain"} in conditions["ClosesExecuteApi"]["Fn::And"]
    assert properties("ApiDomainMapping")["DomainName"] == {"Ref": "ApiDomainName"}
