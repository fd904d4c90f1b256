// <masked-image>: an image with a mask over it. The mask's greys are class indices; classes are coloured, or hidden, here, so
// that showing and hiding them needs nothing of the server.
{
    const style = `
        :host { display: block; position: relative; min-height: 2rem; background: var(--mud-palette-background); border-radius: 4px; overflow: hidden; }
        img, canvas { display: block; width: 100%; height: auto; }
        img + canvas { position: absolute; inset: 0; height: 100%; }
        canvas { image-rendering: pixelated; }
        p { margin: 0; padding: 1rem .5rem; text-align: center; font-size: .75rem; color: var(--mud-palette-text-secondary); }`;

    const load = url => new Promise((resolve, reject) => {
        const image = new Image();
        image.onload = () => resolve(image);
        image.onerror = () => reject(new Error(url));
        image.src = url;
    });

    // The class indices of a mask, each at the place of a pixel's red.
    const readIndices = image => {
        const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
        const context = canvas.getContext("2d", { willReadFrequently: true });
        context.drawImage(image, 0, 0);
        return context.getImageData(0, 0, canvas.width, canvas.height);
    };

    customElements.define("masked-image", class extends HTMLElement {
        static observedAttributes = ["image", "mask", "hidden-classes", "opacity", "colours"];
        #shown = {};
        #waiting = false;
        #drawing = 0;

        connectedCallback() {
            if (!this.shadowRoot) {
                this.attachShadow({ mode: "open" }).innerHTML = `<style>${style}</style>`;
                this.#later();
            }
        }

        attributeChangedCallback() {
            if (this.shadowRoot) this.#later();
        }

        // Several attributes that change together are drawn once.
        #later() {
            if (this.#waiting) return;
            this.#waiting = true;
            queueMicrotask(() => { this.#waiting = false; this.#draw(); });
        }

        async #draw() {
            const drawing = ++this.#drawing;
            const [image, mask] = [this.getAttribute("image"), this.getAttribute("mask")];
            try {
                if (image !== this.#shown.image || mask !== this.#shown.mask) {
                    const [picture, indices] = await Promise.all([image && load(image), mask && load(mask).then(readIndices)]);
                    if (drawing !== this.#drawing) return;
                    this.#shown = { image, mask, indices };
                    this.#put(picture, indices && Object.assign(document.createElement("canvas"), { width: indices.width, height: indices.height }));
                }
                this.#colour();
                this.dataset.state = "drawn";
            } catch (error) {
                if (drawing !== this.#drawing) return;
                this.#shown = {};
                const missing = document.createElement("p");
                missing.textContent = "This picture is not in storage, or cannot be read.";
                this.#put(missing);
                this.dataset.state = "missing";
            }
        }

        #put(...parts) {
            this.shadowRoot.querySelectorAll(":not(style)").forEach(part => part.remove());
            this.shadowRoot.append(...parts.filter(part => part));
        }

        #colour() {
            const canvas = this.shadowRoot.querySelector("canvas");
            if (!canvas) return;
            const hidden = new Set((this.getAttribute("hidden-classes") || "").split(",").filter(Boolean).map(Number));
            const colours = (this.getAttribute("colours") || "").split(",").map(text => Number.parseInt(text.slice(1), 16));
            canvas.style.opacity = this.getAttribute("image") ? this.getAttribute("opacity") ?? "1" : "1";
            const { indices } = this.#shown;
            const drawn = new ImageData(indices.width, indices.height);
            const from = new Uint32Array(indices.data.buffer), to = new Uint32Array(drawn.data.buffer);
            const table = new Uint32Array(256);
            const bytes = new Uint8Array(table.buffer);
            for (let i = 0; i < 256; i++) {
                if (!hidden.has(i)) bytes.set([colours[i] >> 16, (colours[i] >> 8) & 255, colours[i] & 255, 255], 4 * i);
            }
            for (let i = 0; i < from.length; i++) to[i] = table[indices.data[4 * i]];
            canvas.getContext("2d").putImageData(drawn, 0, 0);
        }
    });
}
