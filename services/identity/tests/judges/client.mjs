// openid-client, a certified relying party, runs every flow against identity: issuer, client, user on the command line as
// JSON; what came of each step goes to standard output as JSON. The browser and the sign-in page are played by fetch.
import * as client from "openid-client";

const { issuer, clientId, clientSecret, redirectUri, afterLogout, username, password } = JSON.parse(process.argv[2]);
const options = { execute: [client.allowInsecureRequests] };
const config = await client.discovery(new URL(issuer), clientId, clientSecret, undefined, options);

class Browser {
  cookies = new Map();

  async get(address) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(address, { redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(";");
      this.cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
    }
    return answer;
  }

  async follow(address) {
    return new URL((await this.get(address)).headers.get("location"), address);
  }
}

async function post(path, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(issuer + path, { method: "POST", headers, body: JSON.stringify(body) });
  return answer.json();
}

// What the portal's sign-in page does.
async function enter(challenge) {
  const { id } = await post("/v1/image-codes", {});
  const { code } = await (await fetch(`${issuer}/v1/test/image-codes/${id}`)).json();
  const said = await post(`/v1/sign-ins/${challenge}`, { username, password, image_code_id: id, image_code: code });
  return said.redirect_to;
}

async function begin(browser, changes = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const checks = { pkceCodeVerifier: verifier, expectedState: client.randomState(), expectedNonce: client.randomNonce() };
  const address = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: "openid profile",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...changes,
  });
  let back = await browser.follow(address);
  if (!back.href.startsWith(redirectUri)) {
    back = await browser.follow(await enter(back.searchParams.get("challenge")));
  }
  return { back, checks };
}

async function refusal(act) {
  try {
    await act();
    return "not refused";
  } catch (wrong) {
    return wrong.error ?? wrong.code ?? wrong.message;
  }
}

const browser = new Browser();
const { back, checks } = await begin(browser);
const tokens = await client.authorizationCodeGrant(config, back, { ...checks, idTokenExpected: true });
const { sub } = tokens.claims();
const user = await client.fetchUserInfo(config, tokens.access_token, sub);
const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
const again = await begin(browser); // signed in already: no page in between
const results = { claims: tokens.claims(), user, renewed: typeof renewed.access_token, methods: config.serverMetadata() };

results.replayedCode = await refusal(() => client.authorizationCodeGrant(config, back, checks));
const wrongVerifier = { ...again.checks, pkceCodeVerifier: client.randomPKCECodeVerifier() };
results.wrongVerifier = await refusal(() => client.authorizationCodeGrant(config, again.back, wrongVerifier));
const { back: third, checks: thirds } = await begin(browser);
results.wrongState = await refusal(() => client.authorizationCodeGrant(config, third, { ...thirds, expectedState: "x" }));
results.wrongNonce = await refusal(() => client.authorizationCodeGrant(config, third, { ...thirds, expectedNonce: "x" }));
third.searchParams.set("iss", "https://evil.invalid");
results.foreignIssuer = await refusal(() => client.authorizationCodeGrant(config, third, thirds));
const astray = client.buildAuthorizationUrl(config, { redirect_uri: `${redirectUri}/x`, scope: "openid" });
const answer = await browser.get(astray);
results.wrongRedirect = [answer.status, answer.headers.get("location")];
const plain = client.buildAuthorizationUrl(config, { redirect_uri: redirectUri, scope: "openid" });
results.withoutPkce = (await browser.follow(plain)).searchParams.get("error");

const end = { post_logout_redirect_uri: afterLogout, id_token_hint: renewed.id_token, state: "bye" };
results.loggedOut = (await browser.follow(client.buildEndSessionUrl(config, end))).href;
results.refreshAfterLogout = await refusal(() => client.refreshTokenGrant(config, renewed.refresh_token));
results.userAfterLogout = await refusal(() => client.fetchUserInfo(config, renewed.access_token, sub));
console.log(JSON.stringify(results));
