// What Blazor cannot do from the server.
window.collector = {
};
