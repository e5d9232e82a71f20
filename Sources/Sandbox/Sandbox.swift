// Sandbox: providers that do not exist, with people who do not exist, behind the real standard.
