// What Blazor cannot do from the server, for all pages.
window.pages = {
    theme: () => localStorage.getItem("maskwright-theme"),
    setTheme: theme => localStorage.setItem("maskwright-theme", theme),
    wide: () => window.innerWidth >= 960,
};
