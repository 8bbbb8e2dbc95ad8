"use strict";
// A private service: what the form sends carries the token typed beside it, which is kept nowhere.
(() => {
  const plain = window.fetch.bind(window);
  const DETAILS = {
    401: "This service takes requests with a token only; the one given may be mistyped or have expired.",
    403: "This token does not allow this; ask the operator of the service.",
  };
  const refused = (status) => {
    const problem = {title: "A token is needed", detail: DETAILS[status], errors: [{column: "token", rule: DETAILS[status]}]};
    return new Response(JSON.stringify(problem), {status, headers: {"Content-Type": "application/problem+json"}});
  };
  window.fetch = async (url, options = {}) => {
    const token = document.getElementById("token").value.trim();
    const headers = {...options.headers, ...(token ? {Authorization: `Bearer ${token}`} : {})};
    const response = await plain(url, {...options, headers});
    if (!(response.status in DETAILS)) return response;
    const body = await response.clone().json().catch(() => ({}));
    return body.code ? response : refused(response.status);
  };
})();
