/** The prebuilt bundle needs no Node polyfills; its types are the package's. */
declare module "simple-peer/simplepeer.min.js" {
  import SimplePeer from "simple-peer";
  export default SimplePeer;
}
