// Visits of an Odoo for k6, written by Workeroo.
//
//     k6 run -e WORKEROO_PASSWORD=... THIS_FILE
//
// Load only servers that are yours.

import http from "k6/http";
import { check, sleep } from "k6";

// A value that the environment has or that stands here; a password only in the environment.
function given(name, fallback) {
  const value = __ENV[name] || fallback;
  if (value === undefined) throw new Error(`${name} is not set: it is needed to log in`);
  return value;
}

const HOST = __ENV.WORKEROO_URL || "http://127.0.0.1:8069";
const GIVEN = {
  login: given("WORKEROO_LOGIN", "ada \"the first\""),
  password: given("WORKEROO_PASSWORD"),
  database: given("WORKEROO_DATABASE", "shop"),
};
export const options = {
  "scenarios": {
    "looker": {
      "executor": "constant-arrival-rate",
      "rate": 833,
      "timeUnit": "1000s",
      "preAllocatedVUs": 13,
      "maxVUs": 52,
      "duration": "60s",
      "gracefulStop": "15s",
      "exec": "looker"
    },
    "chair-buyer": {
      "executor": "constant-arrival-rate",
      "rate": 1667,
      "timeUnit": "1000s",
      "preAllocatedVUs": 25,
      "maxVUs": 100,
      "duration": "60s",
      "gracefulStop": "15s",
      "exec": "chairBuyer"
    }
  },
  "thresholds": {
    "checks": [
      "rate>0.99"
    ]
  }
};

const NAME = /\{([a-z][a-z0-9_]*)\}/g;
const AGENT = "Mozilla/5.0 (X11; Linux x86_64) Workeroo";
const ALONE = /^\{([a-z][a-z0-9_]*)\}$/;

// A time to think, by chance around its mean.
function think(seconds) {
  sleep(-Math.log(1 - Math.random()) * seconds);
}

// After a visit a user thinks, unless visits arrive at a rate.
function end() {
  if (__ENV.EVERY_SECONDS) think(Number(__ENV.EVERY_SECONDS));
}

// Somebody new: k6 clears the cookies before each visit.
function begin(journey) {
  return new Visit(journey);
}

class Visit {
  constructor(journey) {
    this.journey = journey;
    this.known = Object.assign({ visit: Math.random().toString(36).slice(2) }, GIVEN);
  }

  ask(name, method, path, wanted = {}) {
    if (wanted.think) think(wanted.think);
    const headers = Object.assign({ "User-Agent": AGENT }, this.filled(wanted.headers || {}));
    let body = null;
    if (wanted.form) body = this.filled(wanted.form);
    if (wanted.document) {
      body = JSON.stringify(this.filled(wanted.document));
      headers["Content-Type"] = "application/json";
    }
    const title = `${this.journey}: ${name}`;
    const how = { headers, tags: { name: title } };
    const answer = http.request(method, HOST + this.text(path), body, how);
    let why = wrong(answer, wanted);
    if (why === null) why = this.keep(answer, wanted.takes || []);
    check(answer, { [title]: () => why === null });
    // Without this answer the visit cannot go on.
    if (why !== null) throw new Error(`${title}: ${why}`);
  }

  keep(answer, takes) {
    for (const take of takes) {
      let found = values(answer, take);
      if (found.length === 0 && take.otherwise !== undefined) found = [this.text(take.otherwise)];
      if (found.length === 0) return `nothing to take for ${take.name}`;
      const value = found[take.any ? Math.floor(Math.random() * found.length) : 0];
      this.known[take.name] = take.number ? Number(value) : value;
    }
    return null;
  }

  text(text) {
    return text.replace(NAME, (_, name) => String(this.known[name]));
  }

  // A value with what is known in place of {names}; a number stays one.
  filled(value) {
    if (typeof value === "string") {
      const alone = value.match(ALONE);
      return alone ? this.known[alone[1]] : this.text(value);
    }
    if (Array.isArray(value)) return value.map((each) => this.filled(each));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.filled(each)]));
  }
}

// Why an answer counts as failed; null where it does not.
function wrong(answer, wanted) {
  if (answer.status !== (wanted.status || 200)) return `status ${answer.status}`;
  if ((answer.headers["Content-Type"] || "").includes("json")) {
    const document = answer.json();
    // Odoo says errors of JSON-RPC with status 200.
    if (document !== null && typeof document === "object" && document.error) {
      const error = document.error;
      return `error of Odoo: ${(error.data || error).message}`;
    }
  }
  if (wanted.says && answer.body.search(wanted.says) < 0) {
    return "the answer is not what it should be";
  }
  return null;
}

function values(answer, take) {
  if (take.where === "header") {
    return take.pattern in answer.headers ? [answer.headers[take.pattern]] : [];
  }
  if (take.where === "json") return parts(answer.json(), take.pattern.split("."));
  const text = take.where === "html" ? answer.body : answer.url;
  return Array.from(text.matchAll(take.pattern), (match) => unescaped(match[1]));
}

// A value as the browser reads it from HTML.
function unescaped(text) {
  const marks = { amp: "&", lt: "<", gt: ">", quot: '"', "#34": '"', "#39": "'" };
  return text.replace(/&(amp|lt|gt|quot|#34|#39);/g, (_, mark) => marks[mark]);
}

// What stands at a path of keys and numbers; "*" is each of a list.
function parts(document, path) {
  if (path.length === 0) return [document];
  const [key, ...rest] = path;
  if (key === "*" && Array.isArray(document)) return document.flatMap((each) => parts(each, rest));
  if (document === null || typeof document !== "object" || !(key in document)) return [];
  return parts(document[key], rest);
}

// Looks.
export function looker() {
  const visit = begin("looker");
  visit.ask("page", "GET", "/");
  end();
}

// Logs in, has any chair, and waits for news.
export function chairBuyer() {
  const visit = begin("chair-buyer");
  visit.ask("login", "POST", "/web/login", {
    form: {
      "login": "{login}",
      "password": "{password}"
    },
    headers: {"X-Odoo-Database": "{database}"},
    says: /class="o_web_client\b/g,
    takes: [
      { name: "chair", where: "html", pattern: /href="(\/shop\/[^"]+)"/g, any: true },
      { name: "page", where: "url", pattern: /\/odoo\/(\w+)$/g, otherwise: "{chair}" },
      { name: "version", where: "header", pattern: "X-Version" },
    ],
  });
  visit.ask("chair", "POST", "{chair}?from={page}", {
    think: 2.5,
    document: {"params": {"note": "it's {version}", "ids": [1, null, true]}},
    takes: [
      { name: "id", where: "json", pattern: "result.*.id", number: true },
    ],
  });
  // Left out: the websocket /websocket (bus).
  visit.ask("gone", "GET", "/shop/{id}", {
    status: 404,
    says: /"it's" gone/g,
  });
  end();
}
