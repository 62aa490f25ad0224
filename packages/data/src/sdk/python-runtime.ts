/** What every Python SDK begins with, whatever the model: the client. Standard library only, Python 3.9 or later. */

export const pythonRuntime = `"""Tenon's data services, typed. Each domain is a module of this package: import what you use.

    from tenon_data import connect, service
    tenon = connect(url="http://127.0.0.1:3000", token="...")
    answer = service.service(tenon)["payment"].success_rate(where={"zone": "A"}, from_="-1h", step="1m")
"""
from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Callable, Dict, Generic, List, Mapping, Optional, Sequence, Tuple, TypeVar, Union

__all__ = ["Answer", "Duration", "Entity", "Link", "Measure", "Measures", "Quality", "Query", "Relations", "Series",
           "Tenon", "TenonError", "Time", "connect"]

#: A datetime with its zone, unix milliseconds, ISO 8601, "now", or so long ago: "-15m", "-2h", "-1d".
Time = Union[datetime, int, str]
#: "30s", "5m", "1h", or seconds.
Duration = Union[int, str]

Where = TypeVar("Where")
By = TypeVar("By", bound=str)


class TenonError(Exception):
    """What the server refused, or that it could not be reached (status 0). \`fix\` says what to do about it."""

    def __init__(self, status: int, code: str, message: str, fix: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.fix = fix


@dataclass(frozen=True)
class Quality:
    #: Share of expected points that were there, 0..1.
    completeness: float
    #: Age of the newest point; None when there is none.
    freshness_seconds: Optional[float]
    notes: List[str] = field(default_factory=list)
    resolution_seconds: Optional[float] = None


@dataclass(frozen=True)
class Series:
    dimensions: Dict[str, str]
    #: Unix milliseconds and value; None is a gap.
    points: List[Tuple[int, Optional[float]]]
    quality: Quality

    def latest(self) -> Optional[float]:
        """The newest point that is there; None when none is."""
        return next((value for _, value in reversed(self.points) if value is not None), None)


@dataclass(frozen=True)
class Query:
    """What was asked of the source, to be looked at or asked again."""

    source: str
    expression: str
    from_: str
    to: str
    step_seconds: float


@dataclass(frozen=True)
class Answer:
    """No data is no zero: look at \`quality\`, and at points that are None."""

    measure: str
    unit: str
    #: Exactly one without group_by.
    series: List[Series]
    quality: Quality
    query: Query


@dataclass(frozen=True)
class Entity:
    id: str
    kind: str
    title: Optional[str]
    owner: Optional[str]
    tier: Optional[int]
    attributes: Dict[str, str]


@dataclass(frozen=True)
class Link:
    from_: str
    to: str
    kind: str
    hops: int
    by: Optional[str]


@dataclass(frozen=True)
class Relations:
    root: str
    entities: List[Entity]
    links: List[Link]


class Tenon:
    """Made by \`connect\`."""

    def __init__(self, url: str, token: str, timeout: float) -> None:
        self._base = url.rstrip("/")
        self._token = token
        self._timeout = timeout

    def query(self, measure: str, *, where: Optional[Mapping[str, Any]] = None, group_by: Sequence[str] = (),
              from_: Optional[Time] = None, to: Optional[Time] = None, step: Optional[Duration] = None,
              as_of: Optional[Time] = None) -> Answer:
        """Any measure by its reference, without types of its own: "payment.success-rate"."""
        body: Dict[str, Any] = {"measure": measure}
        if where:
            body["where"] = {name: list(value) if not isinstance(value, str) else value for name, value in where.items()}
        if group_by:
            body["groupBy"] = list(group_by)
        for name, value in (("from", from_), ("to", to), ("asOf", as_of)):
            if value is not None:
                body[name] = _time(value)
        if step is not None:
            body["step"] = step
        return _answer(self._call("/api/v1/data/query", body))

    def entities(self, *, kind: Optional[str] = None, id: Optional[str] = None,
                 where: Optional[Mapping[str, str]] = None) -> List[Entity]:
        """All that match, page by page."""
        found: List[Entity] = []
        ask: Dict[str, Any] = {"kind": kind, "id": id, "where": dict(where) if where else None}
        body = {name: value for name, value in ask.items() if value is not None}
        body["limit"] = 200
        while True:
            page = self._call("/api/v1/data/entities", body)
            found.extend(_entity(item) for item in page["items"])
            if page["next"] is None:
                return found
            body["cursor"] = page["next"]

    def relations(self, entity: str, *, direction: str = "both", depth: int = 1) -> Relations:
        """\`upstream\` is what it depends on, \`downstream\` what depends on it."""
        got = self._call("/api/v1/data/relations", {"entity": entity, "direction": direction, "depth": depth})
        links = [Link(one["from"], one["to"], one["kind"], one["hops"], one.get("by")) for one in got["links"]]
        return Relations(got["root"], [_entity(one) for one in got["entities"]], links)

    def _call(self, path: str, body: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(self._base + path, data=json.dumps(body).encode(), method="POST", headers={
            "authorization": "Bearer " + self._token, "content-type": "application/json", "accept": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=self._timeout) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise _refused(error.code, error.read()) from None
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            raise TenonError(0, "unreachable", self._base + " does not answer.", "Check the address.") from error
        except ValueError as error:
            raise TenonError(0, "no-answer", "The answer is none of Tenon.", "Check the address.") from error


def connect(*, url: str, token: str, timeout: float = 60) -> Tenon:
    """\`url\` is where Tenon is, \`token\` an API token of it, \`timeout\` of one call in seconds."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("The address begins with http:// or https://.")
    return Tenon(url, token, timeout)


class Measures:
    """What can be asked of one table or entity."""

    def __init__(self, tenon: Tenon, head: str) -> None:
        self._tenon = tenon
        self._head = head


class Measure(Generic[Where, By]):
    """An attribute of \`Measures\`; called, it asks."""

    def __init__(self, id: str, head: Optional[str] = None) -> None:
        self._id = id
        self._of = head

    def __get__(self, asked: Measures, _: Any = None) -> BoundMeasure[Where, By]:
        return BoundMeasure(asked._tenon, (self._of or asked._head) + "." + self._id)


class BoundMeasure(Generic[Where, By]):
    def __init__(self, tenon: Tenon, ref: str) -> None:
        self._tenon = tenon
        self.ref = ref

    def __call__(self, *, where: Optional[Where] = None, group_by: Sequence[By] = (), from_: Optional[Time] = None,
                 to: Optional[Time] = None, step: Optional[Duration] = None, as_of: Optional[Time] = None) -> Answer:
        """
        :param where: a value of a dimension, or several of which any
        :param group_by: a series for each combination of these dimensions' values
        :param from_: an hour ago without it
        :param to: now without it
        :param step: between points; chosen to suit the time asked for without it
        :param as_of: nothing after it is read
        """
        filters: Any = where
        return self._tenon.query(self.ref, where=filters, group_by=group_by, from_=from_, to=to, step=step, as_of=as_of)


class ById(Dict[str, Any]):
    """Makes what is asked for when it is asked for: a module of 50,000 entities loads none of them."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, id: str) -> Any:
        made = self[id] = self._make(id)
        return made


def _time(value: Time) -> Union[int, str]:
    if not isinstance(value, datetime):
        return value
    if value.tzinfo is None:
        raise ValueError("A datetime needs a zone: datetime.now(timezone.utc).")
    return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def _quality(got: Mapping[str, Any]) -> Quality:
    return Quality(got["completeness"], got["freshnessSeconds"], list(got["notes"]), got.get("resolutionSeconds"))


def _answer(got: Mapping[str, Any]) -> Answer:
    series = [Series(one["dimensions"], [(int(at), value) for at, value in one["points"]], _quality(one["quality"]))
              for one in got["series"]]
    query = got["query"]
    asked = Query(query["source"], query["expression"], query["from"], query["to"], query["stepSeconds"])
    return Answer(got["measure"], got["unit"], series, _quality(got["quality"]), asked)


def _entity(got: Mapping[str, Any]) -> Entity:
    return Entity(got["id"], got["kind"], got.get("title"), got.get("owner"), got.get("tier"), got["attributes"])


def _refused(status: int, body: bytes) -> TenonError:
    try:
        problem = json.loads(body)
        return TenonError(status, problem["code"], problem["detail"], problem.get("fix", ""))
    except (ValueError, KeyError, TypeError):
        return TenonError(status, "no-answer", "The answer is none of Tenon.", "Check the address.")
`
