global using DatasetResource = Maskwright.Dataset.V1.Dataset;
