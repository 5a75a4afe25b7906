// oidc-provider, a certified OpenID provider, serves as a provincial sign-in: port and client on the command line as JSON.
// Its page is one form on which a person says who they are; it prints one line when it listens.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const { port, clientId, clientSecret, redirectUri, people } = JSON.parse(process.argv[2]);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri], response_types: ["code"] }],
  pkce: { required: () => true },
  scopes: ["openid", "profile"],
  claims: { openid: ["sub"], profile: ["name", "id_number", "mobile"], acr: null },
  acrValues: ["urn:shenbao:loa:3", "urn:shenbao:loa:4"],
  cookies: { keys: ["judge"] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  loadExistingGrant: async (context) => {
    const grant = new provider.Grant({ clientId, accountId: context.oidc.session.accountId });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
});
provider.on("server_error", (_context, error) => console.error(error));

const callback = provider.callback();
createServer((request, response) => {
  const address = new URL(request.url, "http://x");
  if (!address.pathname.startsWith("/interaction/")) return callback(request, response);
  const accountId = address.searchParams.get("person");
  if (accountId === null) return response.end("who?");
  const login = accountId ? { login: { accountId, acr: people[accountId].acr } } : { error: "access_denied" };
  return provider.interactionFinished(request, response, login);
}).listen(port, "127.0.0.1", () => console.log("listening"));
