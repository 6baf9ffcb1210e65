/** Standard output carries messages: what a module prints goes to standard error. */
console.log = console.info = console.debug = console.error;
