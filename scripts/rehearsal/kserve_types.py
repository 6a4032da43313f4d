"""Checks an InferenceService against the types of KServe's own Python package, and of Kubernetes' below them.

    kserve_types.py FILE

The types are what their OpenAPI documents say: every key must be known, and every value of its type.
"""

import importlib.metadata
import re
import sys

import kserve
import kubernetes.client
import yaml

PLAIN = {"str": str, "int": int, "float": (int, float), "bool": bool, "object": object, "datetime": str}


def type_named(name):
    return getattr(kserve, name, None) or getattr(kubernetes.client, name)


def check(value, name, place):
    """Raises where `value` is not of the type that the OpenAPI document calls `name`."""
    if item := re.fullmatch(r"[Ll]ist\[(.+)\]", name):
        expect(isinstance(value, list), place, "is no list")
        for index, element in enumerate(value):
            check(element, item[1], f"{place}[{index}]")
    elif item := re.fullmatch(r"[Dd]ict[(\[]str, (.+)[)\]]", name):
        expect(isinstance(value, dict), place, "is no map")
        for key, element in value.items():
            check(element, item[1], f"{place}.{key}")
    elif name in PLAIN:
        expect(isinstance(value, PLAIN[name]) and not (name == "int" and value is True), place, f"is no {name}")
    else:
        check_object(value, type_named(name), place)


def check_object(value, model, place):
    expect(isinstance(value, dict), place, "is no map")
    types = {key: model.openapi_types[attribute] for attribute, key in model.attribute_map.items()}
    for key, element in value.items():
        expect(key in types, f"{place}.{key}", f"is not known to {model.__name__}")
        check(element, types[key], f"{place}.{key}")
    # The constructor knows what is required.
    attributes = {attribute: value.get(key) for attribute, key in model.attribute_map.items()}
    model(**attributes)


def expect(condition, place, complaint):
    if not condition:
        sys.exit(f"{place} {complaint}")


with open(sys.argv[1], encoding="utf-8") as file:
    service = yaml.safe_load(file)
expect(service["apiVersion"] == "serving.kserve.io/v1beta1", "apiVersion", "is not that of InferenceService")
check(service, "V1beta1InferenceService", "InferenceService")
print(f"every key known and of its type, kserve {importlib.metadata.version('kserve')}")
