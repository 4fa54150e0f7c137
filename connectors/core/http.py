"""The guarded door to the world: with `dial.py` beneath it the only module that imports httpx or httpcore.

Every request has a total deadline, a bounded body and a checked address; redirects are never followed and no proxy or
netrc of the environment is looked at (RELIABILITY 3.4, 3.6, S11, S12, S16). The address is checked in `dial.py`.

Reads (`get`, `ask`) reuse connections and repeat connection errors at most twice. Writes (`post`, `write`) use a fresh
connection each, are never repeated, and every outcome that is not provably "not executed" is `Unclear`.
"""

import logging
import random
import ssl
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpcore
import httpx

from connectors.core.access import Access, Credentials, Limits, Rows
from connectors.core.answer import Answer, Params, headers_of, payload
from connectors.core.body import read_body
from connectors.core.dial import Backend, deadline, shared_tls, step, time_left
from connectors.core.errors import Changed, ConfigProblem, ConnectorError, Unavailable, Unclear
from connectors.core.fields import read_json
from connectors.core.network import Guard, Resolve, look_up
from connectors.core.status import Words, error_for

__all__ = ["Access", "Answer", "Credentials", "Http", "Limits"]

logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO lines carry whole addresses (S16)
logging.getLogger("httpcore").setLevel(logging.WARNING)


PAUSES = (0.2, 0.4)  # seconds before each repetition of a read, with jitter
DROPPED = "connection"  # code of the `Unavailable` that a read may repeat
ERROR_BODY = 64 * 1024  # bytes of an error answer that we look at


class Http:
    """Requests to one host with one login. Safe to share between threads; closes itself when dropped.

    Args:
        base_url: `https://host[:port][/path]`; every path is appended to it.
        allow_networks: CIDR strings where plain http and private addresses are allowed.
        credentials: sent with every request that is not anonymous, and only to this host.
        limits: bounds of one request.
        rows: the platform's exceptions from the status table.
        resolve: name look-up, (host, port, seconds) -> addresses.
        tls: a TLS context of one's own instead of the shared one.

    Raises:
        ConfigProblem: the address is not usable, or plain http without an allowed network.
    """

    def __init__(
        self,
        base_url: str,
        *,
        allow_networks: Sequence[str] = (),
        credentials: Credentials | None = None,
        limits: Limits = Limits(),  # noqa: B008  frozen
        rows: Rows | None = None,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.base = _base(base_url)
        self.limits = limits
        self._rows: Rows = rows or {}
        self._credentials = credentials
        self._allow_networks = tuple(allow_networks)
        guard = Guard.of(self._allow_networks, tls=self.base.scheme == "https")
        self._resolve = resolve or look_up
        self._tls = tls
        self._backend = Backend(guard, self._resolve, limits)
        self._pool = self._new_pool(keep=4)
        weakref.finalize(self, self._pool.close)  # readers are dropped, not closed

    def __repr__(self) -> str:
        return f"Http({self.base.scheme}://{self.base.netloc.decode('ascii')})"

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def sibling(self, base_url: str, *, credentials: Credentials | None = None) -> "Http":
        """The same door for another host of the same platform (a token server), with its own login."""
        return Http(
            base_url,
            allow_networks=self._allow_networks,
            credentials=credentials,
            limits=self.limits,
            rows=self._rows,
            resolve=self._resolve,
            tls=self._tls,
        )

    def get(
        self,
        path: str,
        params: Params | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        anonymous: bool = False,
    ) -> Answer:
        """Read. `path` may be a whole address of the same host (a `Link` header). 304 is an answer, not an error.

        Raises:
            ConnectorError: see `connectors.core.status`; the network itself gives `Unavailable` or `ConfigProblem`.
        """
        request = self._request("GET", path, params, None, headers, anonymous=anonymous)
        return self._read(request)

    def ask(
        self, path: str, *, form: Params | None = None, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Read by POST (a search, a token): changes nothing at the platform, so errors are those of a read."""
        return self._read(self._request("POST", path, None, (form, json), headers, anonymous=False))

    def post(
        self, path: str, *, form: Params | None = None, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Write by POST: once, on a fresh connection.

        Raises:
            Unclear: it may have been executed.
            ConnectorError: any other class: provably not executed.
        """
        return self.write("POST", path, form=form, json=json, headers=headers)

    def write(
        self,
        method: str,
        path: str,
        *,
        form: Params | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Write by any method; see `post`."""
        request = self._request(method, path, None, (form, json), headers, anonymous=False)
        request.headers["Connection"] = "close"
        pool = self._new_pool(keep=0)
        try:
            with deadline(self.limits.total):
                return self._send(pool, request, write=True)
        finally:
            pool.close()

    # --- inside ---

    def _new_pool(self, keep: int) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(
            ssl_context=self._tls or shared_tls(),
            max_connections=8,
            max_keepalive_connections=keep,
            keepalive_expiry=30.0,
            network_backend=self._backend,
        )

    def _request(
        self,
        method: str,
        path: str,
        params: Params | None,
        body: tuple[Params | None, Any] | None,
        headers: Mapping[str, str] | None,
        *,
        anonymous: bool,
    ) -> httpx.Request:
        """Put a request together; nothing of it is sent yet."""
        url = self._url(path)
        if params:
            pairs = params.items() if isinstance(params, Mapping) else params
            url = url.copy_merge_params([(name, str(value)) for name, value in pairs])
        sent = httpx.Headers({"User-Agent": self.limits.user_agent, "Accept": "*/*", "Accept-Encoding": "gzip"})
        content = b""
        if body is not None:
            content, kind = payload(*body)
            sent["Content-Type"] = kind
        try:
            sent.update(headers or {})
            if self._credentials and not anonymous:
                sent[self._credentials.header] = self._credentials.value
            return httpx.Request(method, url, headers=sent, content=content)
        except (UnicodeError, ValueError, TypeError):
            pass
        raise ConfigProblem(f"{method} {_shown(url)}: a header holds characters that cannot be sent")

    def _url(self, path: str) -> httpx.URL:
        """The full address; a whole one must be of our own host, else the login would go astray."""
        if not path.lower().startswith(("https://", "http://")):
            return _parse(str(self.base).rstrip("/") + "/" + path.lstrip("/") if path else str(self.base))
        url = _parse(path)
        if (url.scheme, url.host, url.port) != (self.base.scheme, self.base.host, self.base.port):
            raise Changed(f"{_shown(self.base)}: the platform points to another host, {_shown(url)}")
        return url

    def _read(self, request: httpx.Request) -> Answer:
        """Send, repeating connection errors at most twice within the deadline."""
        with deadline(self.limits.total):
            for pause in PAUSES:
                try:
                    return self._send(self._pool, request, write=False)
                except Unavailable as error:
                    seconds = pause * random.uniform(0.5, 1.5)  # noqa: S311  jitter, no secret
                    if error.code != DROPPED or time_left() <= seconds:
                        raise
                    time.sleep(seconds)
            return self._send(self._pool, request, write=False)

    def _send(self, pool: httpcore.ConnectionPool, request: httpx.Request, *, write: bool) -> Answer:
        """One exchange. The error is raised outside of the handler: what h11 quotes may hold the login."""
        where = f"{request.method} {_shown(request.url)}"
        problem: ConnectorError
        try:
            return self._exchange(pool, request, where, write=write)
        except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout) as error:
            problem = _not_connected(where, error)
        except httpcore.LocalProtocolError:
            problem = ConfigProblem(f"{where}: a header or address holds characters that cannot be sent")
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            words = f"{where}: the connection broke ({self._mask(str(error)) or type(error).__name__})"
            problem = Unclear(words) if write else Unavailable(words, code=DROPPED)
        except (httpcore.TimeoutException, TimeoutError):
            words = f"{where}: no complete answer within {self.limits.total:g} s"
            problem = Unclear(words) if write else Unavailable(words)
        raise problem

    def _exchange(self, pool: httpcore.ConnectionPool, request: httpx.Request, where: str, *, write: bool) -> Answer:
        times = {"connect": self.limits.connect, "read": self.limits.read, "write": self.limits.read}
        with pool.stream(
            request.method,
            httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.read(),
            extensions={"timeout": {**times, "pool": self.limits.connect}},
        ) as response:
            headers = headers_of(response.headers)
            if not 200 <= response.status < 300 and response.status != 304:
                said = _error_body(response, headers, self.limits)
                words = Words(where, self._mask)
                raise error_for(words, response.status, headers, said, write=write, rows=self._rows)
            body = self._body(response, headers, where, write=write)
            return Answer(response.status, headers, body, _shown(request.url), write)

    def _body(self, response: httpcore.Response, headers: Mapping[str, str], where: str, *, write: bool) -> bytes:
        try:
            return read_body(_pieces(response), headers, self.limits, where)
        except (Changed, Unavailable) as error:
            if not write:
                raise
            problem = Unclear(f"written, but {error}", status=response.status)
        raise problem

    def _mask(self, text: str) -> str:
        for secret in self._credentials.secrets if self._credentials else ():
            text = text.replace(secret, "***") if secret else text
        return text


def _not_connected(where: str, error: Exception) -> ConnectorError:
    """Nothing was sent: safe to repeat, for writes too."""
    cause = error.__cause__ or error.__context__ or error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return ConfigProblem(f"{where}: the certificate is not valid for this address ({cause.verify_message})")
    return Unavailable(f"{where}: cannot connect ({str(error) or type(error).__name__})", code=DROPPED)


def _base(base_url: str) -> httpx.URL:
    url = _parse(base_url.strip())
    if url.scheme not in {"http", "https"} or not url.host:
        raise ConfigProblem(f"address {_shown(url)!r} must begin with https:// and name a host")
    if url.userinfo or url.query or url.fragment:
        raise ConfigProblem(f"address {_shown(url)!r} must not hold a login, a query or a fragment")
    return url


def _parse(text: str) -> httpx.URL:
    try:
        return httpx.URL(text)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        pass
    raise ConfigProblem("an address is not valid: " + text.partition("?")[0].rpartition("@")[2][:120])


def _shown(url: httpx.URL) -> str:
    """Host and path for messages; queries may hold keys."""
    return f"{url.netloc.decode('ascii', 'replace')}{url.path}"


def _pieces(response: httpcore.Response) -> Iterator[bytes]:
    for piece in response.iter_stream():
        step(None)  # data that is already here must not keep us past the deadline either
        yield piece


def _error_body(response: httpcore.Response, headers: Mapping[str, str], limits: Limits) -> Any:
    """The JSON of an error answer, None where it cannot be had; the status alone then decides."""
    small = Limits(total=limits.total, max_body=ERROR_BODY)
    try:
        body = read_body(_pieces(response), headers, small, "error")
        return read_json(body)
    except (ConnectorError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, TimeoutError):
        return None
