// Settings of the demonstration image. Node as process 1 has no default for SIGTERM: answer it.
process.on("SIGTERM", () => process.exit(0));

module.exports = {
  uiHost: "0.0.0.0",
  uiPort: process.env.PORT || 1880,
  flowFile: "flows.json",
  userDir: "/data",
  credentialSecret: false,
  apiMaxLength: "16mb",
  logging: { console: { level: "info", metrics: false, audit: false } }
};
