/* Makes a function callable from JavaScript. */
#define EXPORT(name) __attribute__((export_name(#name)))
