// A certified OpenID Connect provider on this machine: `node provider.js PORT REDIRECT_URI`.
//
// Whoever signs in types a name; each is somebody, and of some it is not known whether their address is theirs.

import Provider from "oidc-provider";

const [port, redirectUri] = process.argv.slice(2);

const claimsOf = (name) => ({
  sub: `number-of-${name}`,
  email: `${name}@new.test`,
  email_verified: !name.startsWith("unverified"),
  name: name.toUpperCase(),
});

const provider = new Provider(`http://localhost:${port}`, {
  clients: [{ client_id: "botcadence", client_secret: "provider-secret-4711", redirect_uris: [redirectUri] }],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ ...claimsOf(id), sub: id }) }),
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  cookies: { keys: ["for tests only"] },
  pkce: { required: () => true },
});

provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
