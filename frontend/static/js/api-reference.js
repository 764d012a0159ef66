// @ts-check
/** Shows the OpenAPI description named by `data-schema` in Swagger UI. */

const place = document.getElementById("reference");
// @ts-ignore: the bundle defines it before this module runs
const { SwaggerUIBundle } = window;

if (place) {
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    persistAuthorization: false,
    validatorUrl: null,
  });
}
