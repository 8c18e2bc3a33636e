// Node-RED as one more master: no editor, no port of its own, and flows that can tell a line.
module.exports = {
  flowFile: "flows.json",
  credentialSecret: false,
  httpAdminRoot: false,
  httpNodeRoot: false,
  functionGlobalContext: { tell: (line) => console.log(line) },
  logging: { console: { level: "warn" } },
};
